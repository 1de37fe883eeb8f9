use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const HOUR_MS: i64 = 60 * MINUTE_MS;

fn ms(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

fn span(from: &str, to: &str) -> Span {
    Span::new(ms(from), ms(to))
}

fn version(zone: &str, hours: WeeklyHours) -> Version {
    let zone = Zone::named(zone).unwrap();
    Version { effective_from_ms: 0, zone, hours, holidays: Vec::new() }
}

fn office(zone: &str) -> Version {
    version(zone, WeeklyHours::working_days(9 * 60, 17 * 60).unwrap())
}

fn open(version: Version, window: Span) -> OpenTimes {
    Calendar::new(vec![version]).unwrap().open_times(window).unwrap()
}

fn nights() -> WeeklyHours {
    let every = |weekday| WeeklyInterval { weekday, from_minute: 22 * 60, to_minute: 30 * 60 };
    WeeklyHours::new(Weekday::ALL.map(every).to_vec()).unwrap()
}

/// Counts by looking at the wall clock at every step: slow, and plainly right.
fn counted_slowly_ms(calendar: &Calendar, span: Span, step_ms: i64) -> i64 {
    let at = (0..span.length_ms() / step_ms).map(|step| span.from_ms + step * step_ms);
    at.filter(|at_ms| is_open_slowly(calendar, *at_ms)).map(|_| step_ms).sum()
}

fn is_open_slowly(calendar: &Calendar, at_ms: i64) -> bool {
    let versions = calendar.versions();
    let in_force = versions.iter().rev().find(|version| version.effective_from_ms <= at_ms);
    let version = in_force.unwrap_or(&versions[0]);
    let timestamp = Timestamp::from_millisecond(at_ms).unwrap();
    let shown = version.zone.time_zone().to_datetime(timestamp);
    let minute = shown.hour() as u16 * 60 + shown.minute() as u16;
    let weekday =
        |date: jiff::civil::Date| Weekday::ALL[date.weekday().to_monday_zero_offset() as usize];
    let (today, yesterday) = (weekday(shown.date()), weekday(shown.date().yesterday().unwrap()));
    let within = version.hours.intervals().iter().any(|interval| {
        let covers = |minute| (interval.from_minute..interval.to_minute).contains(&minute);
        (interval.weekday == today && covers(minute))
            || (interval.weekday == yesterday && covers(minute + DAY_MINUTES))
    });
    let closed = version.holidays.iter().any(|holiday| match holiday.span {
        HolidaySpan::WallClock { from, to } => from <= shown && shown < to,
        HolidaySpan::Instants(span) => span.from_ms <= at_ms && at_ms < span.to_ms,
    });
    within && !closed
}

#[test]
fn a_working_week_has_forty_hours() {
    let week = span("2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z");
    let times = open(office("UTC"), week);
    assert_eq!(times.between_ms(week.from_ms, week.to_ms), Ok(40 * HOUR_MS));
    assert_eq!(times.intervals().len(), 5);
    let friday = ms("2026-11-06T16:30:00Z");
    assert_eq!(times.reached_ms(friday, HOUR_MS / 2), Ok(Some(ms("2026-11-06T17:00:00Z"))));
    assert_eq!(times.reached_ms(friday, HOUR_MS), Ok(None), "the window ends first");
    assert_eq!(times.reached_ms(friday, 0), Ok(Some(friday)));
    assert_eq!(
        times.next_opening_ms(ms("2026-11-02T20:00:00Z")),
        Ok(Some(ms("2026-11-03T09:00:00Z")))
    );
    assert_eq!(
        times.next_opening_ms(ms("2026-11-03T10:00:00Z")),
        Ok(Some(ms("2026-11-03T10:00:00Z")))
    );
    assert_eq!(times.next_opening_ms(ms("2026-11-07T10:00:00Z")), Ok(None));
    let before = week.from_ms - 1;
    assert_eq!(times.between_ms(before, week.to_ms), Err(Beyond { at_ms: before, window: week }));
}

#[test]
fn an_hour_that_is_skipped_counts_nothing_and_one_that_is_repeated_counts_twice() {
    // Berlin skips 02:00–03:00 on 29 March 2026 and repeats it on 25 October.
    let spring = span("2026-03-28T21:00:00Z", "2026-03-29T06:00:00Z");
    let times = open(version("Europe/Berlin", nights()), spring);
    assert_eq!(times.between_ms(spring.from_ms, spring.to_ms), Ok(7 * HOUR_MS));
    let autumn = span("2026-10-24T20:00:00Z", "2026-10-25T06:00:00Z");
    let times = open(version("Europe/Berlin", nights()), autumn);
    assert_eq!(times.between_ms(autumn.from_ms, autumn.to_ms), Ok(9 * HOUR_MS));
    let every = |weekday| WeeklyInterval { weekday, from_minute: 135, to_minute: 165 };
    let half_past_two = WeeklyHours::new(Weekday::ALL.map(every).to_vec()).unwrap();
    let spans = |window| open(version("Europe/Berlin", half_past_two.clone()), window);
    assert_eq!(spans(spring).intervals(), []);
    assert_eq!(spans(autumn).intervals().len(), 2, "02:15 comes twice");
}

#[test]
fn around_the_clock_is_one_interval_whatever_the_zone_does() {
    let year = span("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
    let times = open(version("America/New_York", WeeklyHours::always()), year);
    assert_eq!(times.intervals(), [year]);
}

#[test]
fn the_day_that_samoa_skipped_has_no_hours() {
    let span = span("2011-12-28T10:00:00Z", "2012-01-01T10:00:00Z");
    let times = open(office("Pacific/Apia"), span);
    // Wednesday 28 and Thursday 29, then Saturday 31: the Friday never was.
    let found: Vec<i64> = times.intervals().iter().map(|open| open.from_ms).collect();
    assert_eq!(found, [ms("2011-12-28T19:00:00Z"), ms("2011-12-29T19:00:00Z")]);
    let always = open(version("Pacific/Apia", WeeklyHours::always()), span);
    assert_eq!(always.between_ms(span.from_ms, span.to_ms), Ok(span.length_ms()));
}

#[test]
fn zones_of_half_and_quarter_hours_count_to_the_minute() {
    let day = span("2026-11-03T00:00:00Z", "2026-11-04T00:00:00Z");
    let first = |zone| open(office(zone), day).intervals()[0];
    assert_eq!(first("Asia/Kolkata"), span("2026-11-03T03:30:00Z", "2026-11-03T11:30:00Z"));
    assert_eq!(first("Asia/Kathmandu"), span("2026-11-03T03:15:00Z", "2026-11-03T11:15:00Z"));
    // Lord Howe Island moves its clocks by half an hour.
    let change = span("2026-04-04T08:00:00Z", "2026-04-04T22:00:00Z");
    let times = open(version("Australia/Lord_Howe", nights()), change);
    assert_eq!(times.intervals()[0].length_ms(), 8 * HOUR_MS + HOUR_MS / 2);
}

#[test]
fn a_leap_day_is_a_day() {
    let span = span("2028-02-28T00:00:00Z", "2028-03-02T00:00:00Z");
    let times = open(office("UTC"), span);
    assert_eq!(times.between_ms(span.from_ms, span.to_ms), Ok(24 * HOUR_MS));
    let mut closed = office("UTC");
    closed.holidays.push(Holiday::day("Leap day", date(2028, 2, 29)));
    assert_eq!(open(closed, span).between_ms(span.from_ms, span.to_ms), Ok(16 * HOUR_MS));
}

#[test]
fn a_holiday_closes_its_own_part_of_the_hours_and_says_its_name() {
    let mut version = version("UTC", nights());
    version.holidays = vec![
        Holiday::day("Tuesday off", date(2026, 11, 3)),
        Holiday::part(
            "Fire drill",
            date(2026, 11, 4).at(0, 0, 0, 0),
            date(2026, 11, 4).at(1, 0, 0, 0),
        ),
        Holiday::day("Twice", date(2026, 11, 3)),
    ];
    let span = span("2026-11-02T20:00:00Z", "2026-11-04T04:00:00Z");
    let times = open(version, span);
    let found: Vec<(i64, StretchKind)> = times
        .stretches(span)
        .iter()
        .map(|stretch| (stretch.span.length_ms() / HOUR_MS, stretch.kind))
        .collect();
    let expected = [
        (2, StretchKind::OutsideHours),
        (2, StretchKind::Open),
        (6, StretchKind::Holiday("Tuesday off")),
        (16, StretchKind::OutsideHours),
        (2, StretchKind::Holiday("Tuesday off")),
        (1, StretchKind::Holiday("Fire drill")),
        (3, StretchKind::Open),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_change_leaves_what_was_before_it_and_one_in_the_past_rewrites_what_follows() {
    let week = span("2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z");
    let mut short = version("UTC", WeeklyHours::working_days(9 * 60, 13 * 60).unwrap());
    short.effective_from_ms = ms("2026-11-04T10:00:00Z");
    let calendar = |versions| Calendar::new(versions).unwrap().open_times(week).unwrap();
    let times = calendar(vec![office("UTC"), short.clone()]);
    let sum = times.between_ms(week.from_ms, week.to_ms);
    assert_eq!(sum, Ok((8 + 8 + 1 + 3 + 4 + 4) * HOUR_MS));
    // Forgotten, and added two days later, as of the past.
    let mut corrected = office("UTC");
    corrected.effective_from_ms = ms("2026-11-03T00:00:00Z");
    corrected.holidays.push(Holiday::day("Forgotten", date(2026, 11, 3)));
    let times = calendar(vec![office("UTC"), corrected.clone()]);
    assert_eq!(times.between_ms(week.from_ms, week.to_ms), Ok(32 * HOUR_MS));
    // Of two from one instant the later counts.
    short.effective_from_ms = corrected.effective_from_ms;
    let times = calendar(vec![office("UTC"), corrected, short]);
    assert_eq!(times.between_ms(week.from_ms, week.to_ms), Ok((8 + 4 * 4) * HOUR_MS));
}

#[test]
fn what_is_no_calendar_is_refused() {
    assert_eq!(Zone::named("Mars/Base"), Err(CalendarError::UnknownZone("Mars/Base".to_owned())));
    assert_eq!(Calendar::new(Vec::new()), Err(CalendarError::Versions));
    let calendar = Calendar::always();
    for window in [Span::new(5, 5), Span::new(0, i64::MAX), Span::new(i64::MIN, i64::MAX)] {
        assert_eq!(calendar.open_times(window), Err(CalendarError::Window), "{window:?}");
    }
    let far = Span::new(i64::MAX - DAY_MS, i64::MAX);
    assert!(matches!(calendar.open_times(far), Err(CalendarError::Instant(_))));
    let interval = |from_minute, to_minute| {
        WeeklyHours::new(vec![WeeklyInterval { weekday: Weekday::Monday, from_minute, to_minute }])
    };
    assert!(interval(1_439, 2_879).is_ok());
    for (from, to) in [(1_440, 1_500), (60, 60), (60, 59), (60, 1_501), (u16::MAX, u16::MAX)] {
        assert!(matches!(interval(from, to), Err(HoursError::Interval(_))), "{from} {to}");
    }
    assert_eq!(WeeklyHours::new(Vec::new()), Err(HoursError::Count(0)));
}

/// Where clocks change, and where they do so oddly; with an instant of such a change.
const ODD: &[(&str, &str)] = &[
    ("UTC", "2028-02-29T12:00:00Z"),
    ("Europe/Berlin", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00:00Z"),
    ("America/New_York", "2026-11-01T06:00:00Z"),
    ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
    ("Asia/Kathmandu", "2026-06-01T00:00:00Z"),
    ("Africa/Casablanca", "2026-02-15T02:00:00Z"),
    ("America/Caracas", "2016-05-01T07:00:00Z"),
];

prop_compose! {
    fn interval()(
        day in 0..7_usize,
        from in 0..1_440_u16,
        length in 1..=1_440_u16,
    ) -> WeeklyInterval {
        WeeklyInterval { weekday: Weekday::ALL[day], from_minute: from, to_minute: from + length }
    }
}

prop_compose! {
    fn versioned(around_ms: i64, zone: &'static str)(
        intervals in prop::collection::vec(interval(), 1..8),
        effective_minute in -4_000..4_000_i64,
        holidays in prop::collection::vec((-4_000..4_000_i64, 1..3_000_i64, any::<bool>()), 0..4),
    ) -> Version {
        let at = |minute: i64| around_ms + minute * MINUTE_MS;
        let utc = |at_ms| Timestamp::from_millisecond(at_ms).unwrap();
        let wall = |at_ms| TimeZone::UTC.to_datetime(utc(at_ms));
        let holiday = |(from, length, is_wall): (i64, i64, bool)| {
            let (from_ms, to_ms) = (at(from), at(from + length));
            let span = if is_wall {
                HolidaySpan::WallClock { from: wall(from_ms), to: wall(to_ms) }
            } else {
                HolidaySpan::Instants(Span::new(from_ms, to_ms))
            };
            Holiday { name: "closed".to_owned(), span }
        };
        Version {
            effective_from_ms: at(effective_minute),
            zone: Zone::named(zone).unwrap(),
            hours: WeeklyHours::new(intervals).unwrap(),
            holidays: holidays.into_iter().map(holiday).collect(),
        }
    }
}

fn odd_calendar() -> impl Strategy<Value = (Calendar, i64)> {
    (0..ODD.len(), 0..ODD.len()).prop_flat_map(|(first, second)| {
        let around_ms = ms(ODD[first].1);
        let versions = (versioned(around_ms, ODD[first].0), versioned(around_ms, ODD[second].0));
        let calendar = |(first, second)| Calendar::new(vec![first, second]).unwrap();
        (versions.prop_map(calendar), Just(around_ms))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn it_counts_as_a_look_at_the_clock_each_minute_does(
        (calendar, around_ms) in odd_calendar(),
        from in -4_500..4_500_i64,
        length in 0..3_000_i64,
    ) {
        let window = Span::new(around_ms - 5 * DAY_MS, around_ms + 8 * DAY_MS);
        let times = calendar.open_times(window).unwrap();
        let from_ms = around_ms + from * MINUTE_MS;
        let part = Span::new(from_ms, from_ms + length * MINUTE_MS);
        let slowly_ms = counted_slowly_ms(&calendar, part, MINUTE_MS);
        prop_assert_eq!(times.between_ms(part.from_ms, part.to_ms), Ok(slowly_ms));
        let listed: i64 = times.intervals_within(part).map(Span::length_ms).sum();
        prop_assert_eq!(listed, slowly_ms);
        // The stretches are the whole, without gaps, and agree.
        let stretches = times.stretches(part);
        let mut at_ms = part.from_ms;
        for stretch in &stretches {
            prop_assert_eq!(stretch.span.from_ms, at_ms);
            at_ms = stretch.span.to_ms;
            let is_open = matches!(stretch.kind, StretchKind::Open);
            prop_assert_eq!(is_open, is_open_slowly(&calendar, stretch.span.from_ms));
        }
        prop_assert_eq!(at_ms, part.to_ms.max(part.from_ms));
        // Reaching is the way back: no instant before has so much.
        if let Some(at_ms) = times.reached_ms(from_ms, slowly_ms).unwrap() {
            prop_assert_eq!(times.between_ms(from_ms, at_ms), Ok(slowly_ms));
            let before = times.between_ms(from_ms, at_ms - 1);
            prop_assert!(slowly_ms == 0 || before.unwrap() < slowly_ms);
        } else {
            prop_assert!(false, "it was reached within the window");
        }
        if let Some(at_ms) = times.next_opening_ms(from_ms).unwrap() {
            prop_assert!(is_open_slowly(&calendar, at_ms) && times.is_open(at_ms));
            prop_assert_eq!(times.between_ms(from_ms, at_ms), Ok(0));
        }
    }
}

/// A forgotten holiday closes its day in every version that holds by then, and in no earlier one.
#[test]
fn a_holiday_that_is_added_to_the_past_changes_its_own_time_alone() {
    let mut summer = version("UTC", WeeklyHours::always());
    summer.effective_from_ms = ms("2026-06-01T00:00:00Z");
    let calendar = Calendar::new(vec![office("UTC"), summer]).unwrap();
    let added = [Holiday::day("May", date(2026, 5, 1)), Holiday::day("June", date(2026, 6, 3))];
    let from_ms = added[0].begins_after_ms();
    let made = calendar.with_holidays(from_ms, &added);
    assert_eq!(made.len(), 2);
    assert_eq!((made[0].effective_from_ms, &made[0].hours), (from_ms, &office("UTC").hours));
    assert_eq!(made[1].effective_from_ms, ms("2026-06-01T00:00:00Z"));
    let all = [calendar.versions(), &made].concat();
    let later = Calendar::new(all).unwrap();
    let window = span("2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z");
    let (before, after) = (calendar.open_times(window).unwrap(), later.open_times(window).unwrap());
    let mut day_ms = window.from_ms;
    while day_ms < window.to_ms {
        let open = |times: &OpenTimes| times.between_ms(day_ms, day_ms + DAY_MS).unwrap();
        let is_added = [ms("2026-05-01T00:00:00Z"), ms("2026-06-03T00:00:00Z")].contains(&day_ms);
        let expected = if is_added { 0 } else { open(&before) };
        assert_eq!(open(&after), expected, "{day_ms}");
        day_ms += DAY_MS;
    }
    // Said twice it is said once.
    assert!(later.with_holidays(from_ms, &added).is_empty());
    // Before the first version's instant the first counts.
    let mut late = office("UTC");
    late.effective_from_ms = ms("2026-06-01T00:00:00Z");
    let late = Calendar::new(vec![late]).unwrap().with_holidays(from_ms, &added);
    let instants: Vec<i64> = late.iter().map(|version| version.effective_from_ms).collect();
    assert_eq!(instants, [from_ms, ms("2026-06-01T00:00:00Z")]);
}
