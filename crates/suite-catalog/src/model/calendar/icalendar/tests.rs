use std::fmt::Write;

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::model::calendar::{HolidaySpan, Span};

const WINDOW: Dates = Dates { first: date(2026, 1, 1), last: date(2027, 12, 31) };

fn file(events: &[&str]) -> String {
    let mut text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n".to_owned();
    for event in events {
        let _ = write!(text, "BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n");
    }
    text + "END:VCALENDAR\r\n"
}

fn one(event: &str) -> Result<Vec<Holiday>, ImportError> {
    read(&file(&[&event.replace('\n', "\r\n")]), WINDOW)
}

/// Which days a list of whole holidays closes.
fn days(holidays: &[Holiday]) -> Vec<(Date, i64)> {
    let day = |holiday: &Holiday| match holiday.span {
        HolidaySpan::WallClock { from, to } => {
            (from.date(), to.duration_since(from).as_hours() / 24)
        }
        HolidaySpan::Instants(_) => panic!("{holiday:?}"),
    };
    holidays.iter().map(day).collect()
}

fn ms(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

#[test]
fn a_date_is_a_whole_day_and_its_summary_the_name() {
    let found = one("UID:1\nDTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas\\, the\n  first day");
    assert_eq!(found, Ok(vec![Holiday::day("Christmas, the first day", date(2026, 12, 25))]));
    let found = one("DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227").unwrap();
    assert_eq!(days(&found), [(date(2026, 12, 24), 3)]);
    let found = one("DTSTART;VALUE=DATE:20261224\nDURATION:P1W").unwrap();
    assert_eq!(days(&found), [(date(2026, 12, 24), 7)]);
}

#[test]
fn a_time_without_a_zone_is_the_calendars_and_one_with_a_zone_is_the_same_everywhere() {
    let found = one("DTSTART:20261224T120000\nDTEND:20261224T170000").unwrap();
    let (from, to) = (date(2026, 12, 24).at(12, 0, 0, 0), date(2026, 12, 24).at(17, 0, 0, 0));
    assert_eq!(found[0].span, HolidaySpan::WallClock { from, to });
    let expected = Span::new(ms("2026-12-24T11:00:00Z"), ms("2026-12-24T16:00:00Z"));
    for event in [
        "DTSTART;TZID=Europe/Berlin:20261224T120000\nDTEND;TZID=Europe/Berlin:20261224T170000",
        "DTSTART;TZID=\"Europe/Berlin\":20261224T120000\nDURATION:PT5H",
        "DTSTART:20261224T110000Z\nDTEND:20261224T160000Z",
        "DTSTART:20261224T110000Z\nDTEND;TZID=Europe/Berlin:20261224T170000",
    ] {
        assert_eq!(one(event).unwrap()[0].span, HolidaySpan::Instants(expected), "{event}");
    }
}

#[test]
fn rules_recur_within_the_window_only() {
    let yearly = one("DTSTART;VALUE=DATE:19900101\nRRULE:FREQ=YEARLY").unwrap();
    assert_eq!(days(&yearly), [(date(2026, 1, 1), 1), (date(2027, 1, 1), 1)]);
    // Thanksgiving, and the last Monday of May.
    let fourth =
        one("DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH").unwrap();
    assert_eq!(days(&fourth), [(date(2026, 11, 26), 1), (date(2027, 11, 25), 1)]);
    let last = one("DTSTART;VALUE=DATE:20200525\nRRULE:FREQ=MONTHLY;BYMONTH=5;BYDAY=-1MO").unwrap();
    assert_eq!(days(&last), [(date(2026, 5, 25), 1), (date(2027, 5, 31), 1)]);
    let until = one("DTSTART;VALUE=DATE:20240101\nRRULE:FREQ=YEARLY;UNTIL=20260101").unwrap();
    assert_eq!(days(&until), [(date(2026, 1, 1), 1)]);
    let counted = one("DTSTART;VALUE=DATE:20250101\nRRULE:FREQ=YEARLY;COUNT=2").unwrap();
    assert_eq!(days(&counted), [(date(2026, 1, 1), 1)]);
    assert_eq!(one("DTSTART;VALUE=DATE:20300101\nRRULE:FREQ=YEARLY"), Ok(Vec::new()));
    assert_eq!(one("DTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY;COUNT=2"), Ok(Vec::new()));
    // What began before the window and reaches into it.
    let across = one("DTSTART;VALUE=DATE:20251230\nDTEND;VALUE=DATE:20260103").unwrap();
    assert_eq!(days(&across), [(date(2025, 12, 30), 4)]);
}

#[test]
fn a_leap_day_recurs_in_leap_years() {
    let text = file(&["DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY"]);
    let window = Dates { first: date(2024, 1, 1), last: date(2033, 1, 1) };
    let found = read(&text, window).unwrap();
    let leap = |year| (date(year, 2, 29), 1);
    assert_eq!(days(&found), [leap(2024), leap(2028), leap(2032)]);
}

#[test]
fn a_rule_recurs_on_the_wall_clock_of_its_zone_across_daylight_saving() {
    let found = one("DTSTART;TZID=Europe/Berlin:20260324T090000\nDTEND;TZID=Europe/Berlin:\
                     20260324T120000\nRRULE:FREQ=WEEKLY;UNTIL=20260407T070000Z");
    let spans: Vec<HolidaySpan> = found.unwrap().iter().map(|holiday| holiday.span).collect();
    let hours = |from: &str, to: &str| HolidaySpan::Instants(Span::new(ms(from), ms(to)));
    let expected = [
        hours("2026-03-24T08:00:00Z", "2026-03-24T11:00:00Z"),
        hours("2026-03-31T07:00:00Z", "2026-03-31T10:00:00Z"),
        // Its end in UTC is 09:00 in Berlin, and belongs to it.
        hours("2026-04-07T07:00:00Z", "2026-04-07T10:00:00Z"),
    ];
    assert_eq!(spans, expected);
}

#[test]
fn exceptions_additions_and_replacements_count() {
    let found = one("DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=DAILY;COUNT=4\n\
                     EXDATE;VALUE=DATE:20260106,20260107\nRDATE;VALUE=DATE:20260110");
    let day = |day| (date(2026, 1, day), 1);
    assert_eq!(days(&found.unwrap()), [day(5), day(8), day(10)]);
    let text = file(&[
        "UID:a\r\nDTSTART;VALUE=DATE:20260105\r\nRRULE:FREQ=DAILY;COUNT=3",
        "UID:a\r\nRECURRENCE-ID;VALUE=DATE:20260106\r\nDTSTART;VALUE=DATE:20260120",
        "UID:a\r\nRECURRENCE-ID;VALUE=DATE:20260107\r\nDTSTART;VALUE=DATE:20260107\r\n\
         STATUS:CANCELLED",
        "UID:b\r\nDTSTART;VALUE=DATE:20260106\r\nSTATUS:CANCELLED",
    ]);
    assert_eq!(days(&read(&text, WINDOW).unwrap()), [day(5), day(20)]);
}

#[test]
fn other_components_are_passed_over() {
    let text = "\u{feff}BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\n\
                DTSTART:nonsense\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nBEGIN:VALARM\n\
                DTSTART:nonsense\nEND:VALARM\nDTSTART:20260101\nX-OWN;A=\"b:c\":d\nEND:VEVENT\n\
                BEGIN:VTODO\nDTSTART:nonsense\nEND:VTODO\nEND:VCALENDAR";
    assert_eq!(days(&read(text, WINDOW).unwrap()), [(date(2026, 1, 1), 1)]);
}

#[test]
fn what_cannot_be_read_is_refused_with_its_line() {
    // The first line of an event is the fourth of its file.
    let line = |event: &str| one(event).map_err(|error| error.line);
    let date = "DTSTART;VALUE=DATE:20260101";
    for (event, expected) in [
        ("SUMMARY:no start".to_owned(), 3),
        ("DTSTART;VALUE=DATE:20260230".to_owned(), 4),
        ("SUMMARY:x\nDTSTART:2026-01-01".to_owned(), 5),
        ("DTSTART:20260101T090000\nDTEND:20260101T080000".to_owned(), 5),
        ("DTSTART:20260101T090000\nDTEND:20260101".to_owned(), 5),
        ("DTSTART:20260101T090000".to_owned(), 3),
        ("DTSTART;TZID=Mars/Base:20260101T090000\nDURATION:PT1H".to_owned(), 4),
        (format!("{date}\n{date}"), 5),
        (format!("{date}\nDURATION:-P1D"), 5),
        (format!("{date}\nDURATION:P9999D"), 5),
        (format!("{date}\nDURATION:soon"), 5),
        (format!("{date}\nDTEND:20260102\nDURATION:P1D"), 6),
        (format!("{date}\nRRULE:FREQ=SOMETIMES"), 5),
        (format!("{date}\nRRULE:FREQ=SECONDLY"), 5),
        (format!("{date}\nRRULE:FREQ=YEARLY;BYMONTH=13"), 5),
        (format!("{date}\nRRULE:FREQ=YEARLY;BYMONTH=may"), 5),
        (format!("{date}\nRRULE:FREQ=YEARLY;BYEASTER=1"), 5),
        (format!("{date}\nRRULE:FREQ=YEARLY;INTERVAL=0"), 5),
        (format!("{date}\nRRULE:FREQ=YEARLY;UNTIL=never"), 5),
        (format!("{date}\nRRULE:FREQ=DAILY;COUNT=99999999"), 5),
        (format!("{date}\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), 5),
        (format!("{date}\nEXDATE:20260101T000000"), 5),
        (format!("{date}\nfolded\n onto nothing"), 5),
        (format!("{date}\nBEGIN:VALARM"), 6),
        (format!("{date}\nX-OPEN;A=\"b:c"), 5),
        ("DTSTART;VALUE=DATE:18000101\nRRULE:FREQ=DAILY".to_owned(), 5),
    ] {
        assert_eq!(line(&event), Err(expected), "{event}");
    }
    let reason = |text: &str| read(text, WINDOW).unwrap_err().to_string();
    assert!(reason("").contains("BEGIN:VCALENDAR is missing"));
    assert!(reason("hello").starts_with("line 1: a line has the form"));
    assert!(reason("A:b").contains("begins with BEGIN:VCALENDAR"));
    assert!(reason("BEGIN:VCALENDAR\nBEGIN:VEVENT").starts_with("line 2: VEVENT never ends"));
    assert!(reason("BEGIN:VCALENDAR\nEND:VCALENDAR\nEND:VCALENDAR").starts_with("line 3: "));
    assert!(reason(&"BEGIN:A\n".repeat(9)).starts_with("line 1: "));
}

#[test]
fn size_events_and_occurrences_are_bounded() {
    assert!(read(&" ".repeat(FILE_BYTES_MAX + 1), WINDOW).is_err());
    let event = "DTSTART;VALUE=DATE:20260101";
    let all = vec![event; EVENTS_MAX + 1];
    let error = read(&file(&all), WINDOW).unwrap_err();
    assert_eq!(error.line, 3 + 3 * EVENTS_MAX);
    let daily = "DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY";
    let error = read(&file(&[daily; 14]), WINDOW).unwrap_err();
    assert!(error.reason.contains("more than 10000 holidays"), "{error}");
    // Many that lie before the window give no holidays, and are work all the same.
    let before = "DTSTART;VALUE=DATE:20150101\r\nRRULE:FREQ=DAILY;UNTIL=20251201";
    let error = read(&file(&[before; 13]), WINDOW).unwrap_err();
    assert!(error.reason.contains("more than 50000 times"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_a_file_says_it_is_read_or_refused(
        text in concat!(
            "(BEGIN:VCALENDAR\r\n|BEGIN:VEVENT\n|END:VEVENT\n|END:VCALENDAR\n",
            "|DTSTART:20260[1-9]0[1-9](T[0-2][0-9]0000Z?)?\n|DURATION:P[0-9TDHW]{1,5}\n",
            "|DTSTART;TZID=[A-Z/]{0,4}:[0-9TZ]{0,16}\n|[ -~]{0,20}\n|.{0,4}",
            "|RRULE:FREQ=(YEARLY|DAILY);(BY[A-Z]{3,8}=[0-9,-]{1,6}|INTERVAL=[0-9]{1,5}",
            "|UNTIL=[0-9]{8})\n){0,14}",
        ),
    ) {
        let _ = read(&text, WINDOW);
    }

    #[test]
    fn whatever_a_rule_says_it_is_followed_or_refused(
        year in 1_990..2_030_i16,
        rule in concat!(
            "FREQ=(YEARLY|MONTHLY|WEEKLY|DAILY)(;BYMONTH=1?[0-9])?(;BYMONTHDAY=-?[0-3]?[0-9])?",
            "(;BYDAY=-?[0-9]?(MO|TU|SU))?(;BYWEEKNO=-?[0-5][0-9])?(;BYYEARDAY=-?[0-3][0-9][0-9])?",
            "(;BYSETPOS=-?[0-9]{1,3})?(;INTERVAL=[0-9]{1,4})?(;COUNT=[0-9]{1,4})?(;WKST=SU)?",
        ),
    ) {
        let event = format!("DTSTART;VALUE=DATE:{year}0105\nRRULE:{rule}");
        if let Ok(holidays) = one(&event) {
            for (day, length) in days(&holidays) {
                prop_assert_eq!(length, 1);
                prop_assert!(WINDOW.first <= day.tomorrow().unwrap() && day <= WINDOW.last);
            }
        }
    }

    #[test]
    fn rules_recur_as_a_look_at_each_day_says(
        month in 1..=12_i8,
        day in 1..=28_i8,
        nth in prop::sample::select(vec![-2, -1, 1, 2, 3, 4]),
        weekday in 0..7_i8,
        start in 0..400_i64,
    ) {
        let first = date(2025, 1, 1) + jiff::Span::new().days(start);
        let name = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][usize::try_from(weekday).unwrap()];
        let of_week = |date: Date| date.weekday().to_monday_zero_offset() == weekday;
        // Of the weekday's dates in a month, counted from its beginning or from its end.
        let count = |date: Date| match nth {
            1.. => (date.day() - 1) / 7 + 1,
            _ => -((date.days_in_month() - date.day()) / 7 + 1),
        };
        let (by_date, by_weekday) = (
            format!("FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}"),
            format!("FREQ=MONTHLY;BYDAY={nth}{name}"),
        );
        let looks: [(String, &dyn Fn(Date) -> bool); 3] = [
            (by_date, &|date| date.month() == month && date.day() == day),
            (by_weekday, &|date| of_week(date) && count(date) == nth),
            (format!("FREQ=WEEKLY;BYDAY={name}"), &of_week),
        ];
        for (rule, occurs) in looks {
            let event = format!("DTSTART;VALUE=DATE:{}\nRRULE:{rule}", first.strftime("%Y%m%d"));
            let mut expected = Vec::new();
            let mut date = first;
            while date <= WINDOW.last {
                if date >= WINDOW.first && occurs(date) {
                    expected.push((date, 1));
                }
                date = date.tomorrow().unwrap();
            }
            prop_assert_eq!(days(&one(&event).unwrap()), expected, "{}", event);
        }
    }
}
