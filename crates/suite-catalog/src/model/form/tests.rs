use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use suite_contracts::{GroupId, UserId};
use uuid::Uuid;

use super::*;
use crate::model::condition::Condition;
use crate::model::decimal::Decimal;
use crate::model::id::FileId;

const TODAY: Date = date(2026, 11, 27);
const ADA: UserId = UserId(Uuid::from_u128(1));
const BOB: UserId = UserId(Uuid::from_u128(2));
const TEAM: GroupId = GroupId(Uuid::from_u128(3));

/// Ada and Bob exist, Bob is in the team, and sites have rooms.
struct World;

impl Lookup for World {
    fn offers(&self, query: &Resolved, option: &str) -> bool {
        let site = query.parameters.get("site").map_or("", String::as_str);
        query.source == "rooms" && option.starts_with(site)
    }

    fn is_person(&self, user: UserId, group: Option<GroupId>) -> bool {
        user == BOB || (user == ADA && group.is_none())
    }
}

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn field(name: &str, kind: Kind) -> Field {
    Field {
        key: key(name),
        label: name.to_owned(),
        help: String::new(),
        kind,
        required: false,
        prefill: None,
        show: None,
        require: None,
    }
}

fn required(field: Field) -> Field {
    Field { required: true, ..field }
}

fn text(chars_max: usize) -> Kind {
    Kind::Text { is_long: false, chars_min: 0, chars_max, pattern: None }
}

fn options(values: &[&str]) -> Options {
    let listed = |value: &&str| Listed { value: (*value).to_owned(), label: (*value).to_owned() };
    Options::Listed(values.iter().map(listed).collect())
}

fn when(field: &str, comparison: Comparison) -> Option<Condition<When>> {
    Some(Condition::Is(When { field: key(field), comparison }))
}

fn says(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn answers(given: &[(&str, Value)]) -> Answers {
    given.iter().map(|(name, value)| (key(name), value.clone())).collect()
}

fn check(form: &Form, given: &[(&str, Value)]) -> Result<Answers, Vec<String>> {
    let checked = form.check(&answers(given), ADA, TODAY, &World);
    checked.map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

/// What is wrong with one answer to one field.
fn problem(kind: Kind, value: Value) -> Option<Problem> {
    let form = Form::new(vec![field("it", kind)]).unwrap();
    let checked = form.check(&answers(&[("it", value)]), ADA, TODAY, &World);
    checked.err().map(|mut faults| faults.remove(0).problem)
}

#[test]
fn each_kind_takes_its_own_and_says_what_it_does_not() {
    let pattern = Pattern::new("[a-z]+|[0-9]{2}", "letters, or two digits").unwrap();
    let kind = Kind::Text { is_long: false, chars_min: 2, chars_max: 4, pattern: Some(pattern) };
    assert_eq!(problem(kind.clone(), says("  abc ")), None);
    assert_eq!(problem(kind.clone(), says("12")), None);
    let hint = "letters, or two digits".to_owned();
    assert_eq!(problem(kind.clone(), says("12a")), Some(Problem::Pattern { hint }));
    let length = |chars| Some(Problem::Length { chars, min: 2, max: 4 });
    assert_eq!(problem(kind.clone(), says("a")), length(1));
    assert_eq!(problem(kind.clone(), says("äöüßa")), length(5));
    assert_eq!(problem(kind, says("a\nb")), Some(Problem::Characters));
    let steps = Kind::Number {
        min: Some(number("0.5")),
        max: Some(number("2")),
        step: Some(number("0.5")),
    };
    let of = |text: &str| problem(steps.clone(), Value::Number(number(text)));
    assert_eq!(of("1.5"), None);
    assert_eq!(of("0"), Some(Problem::TooLow { min: number("0.5") }));
    assert_eq!(of("2.5"), Some(Problem::TooHigh { max: number("2") }));
    assert_eq!(of("1.25"), Some(Problem::Step { step: number("0.5") }));
    assert_eq!(problem(steps, says("1")), Some(Problem::Kind { given: "text" }));
    let one = Kind::Choice(options(&["a", "b"]));
    assert_eq!(problem(one.clone(), Value::Choice("a".to_owned())), None);
    let option = "c".to_owned();
    assert_eq!(problem(one, Value::Choice(option.clone())), Some(Problem::Option { option }));
    let member = Kind::User { group: Some(TEAM) };
    assert_eq!(problem(member.clone(), Value::User(BOB)), None);
    assert_eq!(problem(member, Value::User(ADA)), Some(Problem::Person));
}

#[test]
fn dates_are_bounded_relative_to_today() {
    let earliest = Some(DateBound::Today { plus_days: 1 });
    let kind = Kind::Date { earliest, latest: Some(DateBound::On(date(2026, 12, 31))) };
    let of = |date| problem(kind.clone(), Value::Date(date));
    assert_eq!(of(date(2026, 11, 28)), None);
    assert_eq!(of(TODAY), Some(Problem::TooEarly { earliest: date(2026, 11, 28) }));
    assert_eq!(of(date(2027, 1, 1)), Some(Problem::TooLate { latest: date(2026, 12, 31) }));
    // So far away that there is no such date.
    let far = Kind::Date { earliest: Some(DateBound::Today { plus_days: i32::MAX }), latest: None };
    assert_eq!(problem(far, Value::Date(TODAY)), Some(Problem::TooEarly { earliest: Date::MAX }));
}

#[test]
fn several_options_are_counted_once_each() {
    let kind = Kind::Choices { options: options(&["a", "b", "c"]), min: 1, max: 2 };
    let form = Form::new(vec![field("it", kind.clone())]).unwrap();
    let chosen = |all: &[&str]| Value::Choices(all.iter().map(|one| (*one).to_owned()).collect());
    let checked = check(&form, &[("it", chosen(&["b", "a", "b"]))]).unwrap();
    assert_eq!(checked, answers(&[("it", chosen(&["b", "a"]))]));
    let count = |count| Some(Problem::Count { count, min: 1, max: 2 });
    assert_eq!(problem(kind.clone(), chosen(&["a", "b", "c"])), count(3));
    assert!(matches!(problem(kind, chosen(&["a", "z"])), Some(Problem::Option { .. })));
}

#[test]
fn files_are_taken_by_type_size_and_number() {
    let media_types = vec!["application/pdf".to_owned(), "image/*".to_owned()];
    let kind = Kind::Files { media_types, bytes_max: 100, files_max: 2 };
    let file = |media_type: &str, bytes| File {
        id: FileId(Uuid::nil()),
        name: "it".to_owned(),
        media_type: media_type.to_owned(),
        bytes,
    };
    let of = |files: Vec<File>| problem(kind.clone(), Value::Files(files));
    assert_eq!(of(vec![file("application/pdf", 100), file("image/png", 1)]), None);
    assert!(matches!(of(vec![file("image/png", 101)]), Some(Problem::FileSize { .. })));
    assert!(matches!(of(vec![file("text/html", 1)]), Some(Problem::FileType { .. })));
    assert!(matches!(of(vec![file("imagex/png", 1)]), Some(Problem::FileType { .. })));
    let three = vec![file("image/png", 1); 3];
    assert!(matches!(of(three), Some(Problem::Count { count: 3, .. })));
}

#[test]
fn fields_are_shown_and_required_by_what_others_say_and_hidden_answers_are_dropped() {
    let kinds = options(&["laptop", "server"]);
    let is_server = when("kind", Comparison::Equals(Value::Choice("server".to_owned())));
    let form = Form::new(vec![
        // Asked before what it depends on, which is no cycle.
        Field { show: when("room", Comparison::Answered), ..required(field("rack", text(9))) },
        required(field("kind", Kind::Choice(kinds))),
        Field { show: is_server.clone(), ..required(field("room", text(9))) },
        Field { require: is_server, ..field("why", text(9)) },
    ])
    .unwrap();
    let kind = |value: &str| ("kind", Value::Choice(value.to_owned()));
    let hidden = [kind("laptop"), ("room", says("R1")), ("rack", says("7"))];
    assert_eq!(check(&form, &hidden), Ok(answers(&[kind("laptop")])));
    let missing = |field: &str| format!("{field}: an answer is required");
    assert_eq!(check(&form, &[kind("server")]), Err(vec![missing("room"), missing("why")]));
    let all = [kind("server"), ("room", says("R1")), ("rack", says("7")), ("why", says("so"))];
    assert_eq!(check(&form, &all), Ok(answers(&all)));
    // All faults at once, in the order of the form; what is unknown comes last.
    let wrong = [kind("server"), ("room", says("far too long")), ("other", says("x"))];
    let faults = check(&form, &wrong).unwrap_err();
    assert_eq!(faults[0], missing("rack"));
    assert!(faults[1].starts_with("room: 12 characters"), "{faults:?}");
    assert_eq!(&faults[2..], [missing("why"), "other: the form has no such field".to_owned()]);
}

#[test]
fn conditions_join_and_compare() {
    let is = |name: &str, comparison| Condition::Is(When { field: key(name), comparison });
    let all = Condition::All(vec![
        is("count", Comparison::Above(number("2"))),
        Condition::Not(Box::new(is("count", Comparison::Above(number("9"))))),
        Condition::Any(vec![
            is("tags", Comparison::Includes("x".to_owned())),
            is("day", Comparison::Before(TODAY)),
        ]),
    ]);
    let form = Form::new(vec![
        field("count", Kind::Number { min: None, max: None, step: None }),
        field("tags", Kind::Choices { options: options(&["x", "y"]), min: 0, max: 2 }),
        field("day", Kind::Date { earliest: None, latest: None }),
        Field { show: Some(all), ..required(field("why", text(9))) },
    ])
    .unwrap();
    let asks = |count: &str, tag: &str, day| {
        let given = [
            ("count", Value::Number(number(count))),
            ("tags", Value::Choices(vec![tag.to_owned()])),
            ("day", Value::Date(day)),
        ];
        check(&form, &given).is_err()
    };
    let yesterday = date(2026, 11, 26);
    assert!(asks("3", "x", TODAY) && asks("3", "y", yesterday));
    assert!(!asks("2", "x", TODAY) && !asks("10", "x", TODAY) && !asks("3", "y", TODAY));
}

#[test]
fn a_default_stands_for_no_answer_and_an_empty_answer_against_it() {
    let prefilled = |name, kind, prefill| Field { prefill: Some(prefill), ..field(name, kind) };
    let any_day = Kind::Date { earliest: None, latest: None };
    let form = Form::new(vec![
        prefilled("site", text(9), Prefill::Value(says("lab"))),
        prefilled("day", any_day, Prefill::Today { plus_days: 3 }),
        prefilled("who", Kind::User { group: None }, Prefill::Requester),
    ])
    .unwrap();
    let (day, who) = (("day", Value::Date(date(2026, 11, 30))), ("who", Value::User(ADA)));
    let expected = answers(&[("site", says("lab")), day.clone(), who.clone()]);
    assert_eq!(check(&form, &[]), Ok(expected));
    assert_eq!(check(&form, &[("site", says("  "))]), Ok(answers(&[day, who])));
}

#[test]
fn rows_are_checked_cell_by_cell() {
    let column = |name: &str, kind, required| Column {
        key: key(name),
        label: name.to_owned(),
        help: String::new(),
        kind,
        required,
    };
    let columns = vec![
        column("name", text(5), true),
        column("cores", Kind::Number { min: Some(number("1")), max: None, step: None }, false),
    ];
    let hosts = field("hosts", Kind::Table { columns, rows_min: 1, rows_max: 3 });
    let form = Form::new(vec![required(hosts)]).unwrap();
    let row = |cells: &[(&str, Value)]| answers(cells);
    let zero = Value::Number(number("0"));
    let given = Value::Table(vec![
        row(&[("name", says(" a "))]),
        row(&[("name", says(" "))]),
        row(&[("cores", zero), ("disk", says("x"))]),
    ]);
    let faults = check(&form, &[("hosts", given)]).unwrap_err();
    let expected = [
        "hosts[2].name: an answer is required",
        "hosts[2].cores: this is less than 1",
        "hosts[2].disk: the form has no such field",
    ];
    assert_eq!(faults, expected);
    let kept = Value::Table(vec![row(&[("name", says("a"))])]);
    let given = Value::Table(vec![row(&[]), row(&[("name", says(" a "))])]);
    assert_eq!(check(&form, &[("hosts", given)]), Ok(answers(&[("hosts", kept)])));
    let blank = Value::Table(vec![row(&[("name", says(" "))])]);
    assert_eq!(
        check(&form, &[("hosts", blank)]),
        Err(vec!["hosts: an answer is required".to_owned()])
    );
    let many = Value::Table(vec![row(&[("name", says("a"))]); 4]);
    let faults = check(&form, &[("hosts", many)]).unwrap_err();
    assert_eq!(faults, ["hosts: 4 are not within 1 to 3"]);
}

#[test]
fn options_of_a_query_depend_on_answers() {
    let site = Parameter::Answer(key("site"));
    let query = Query {
        source: "rooms".to_owned(),
        parameters: BTreeMap::from([("site".to_owned(), site)]),
    };
    let room = field("room", Kind::Choice(Options::Query(query)));
    let form = Form::new(vec![room, field("site", text(9))]).unwrap();
    let given = |room: &str| [("site", says("lab")), ("room", Value::Choice(room.to_owned()))];
    assert!(check(&form, &given("lab-1")).is_ok());
    assert_eq!(
        check(&form, &given("hq-1")),
        Err(vec!["room: \"hq-1\" is none of the options".into()])
    );
    let parameters = BTreeMap::from([("site".to_owned(), "lab".to_owned())]);
    let resolved = Resolved { source: "rooms".to_owned(), parameters };
    assert_eq!(form.queries(&answers(&given("lab-1"))), [resolved]);
}

#[test]
fn a_form_with_a_cycle_is_refused() {
    let shown = |name, by| Field { show: when(by, Comparison::Answered), ..field(name, text(9)) };
    let cycle = Form::new(vec![
        shown("a", "b"),
        shown("b", "c"),
        shown("c", "a"),
        shown("d", "d2"),
        field("d2", text(9)),
    ]);
    assert_eq!(cycle, Err(FormError::Cycle(vec![key("a"), key("b"), key("c")])));
    assert_eq!(Form::new(vec![shown("a", "a")]), Err(FormError::Cycle(vec![key("a")])));
    let by_query = Query {
        source: "s".to_owned(),
        parameters: BTreeMap::from([("p".to_owned(), Parameter::Answer(key("a")))]),
    };
    let asks = field("q", Kind::Choice(Options::Query(by_query)));
    let cycle = Form::new(vec![shown("a", "q"), asks]);
    assert_eq!(cycle, Err(FormError::Cycle(vec![key("a"), key("q")])));
}

#[test]
fn what_is_no_form_is_refused() {
    let error = |field: Field| Form::new(vec![field]).unwrap_err();
    let it = |kind| field("it", kind);
    assert_eq!(Form::new(vec![it(text(9)); 2]), Err(FormError::DoubledKey(key("it"))));
    assert_eq!(Form::new(vec![it(text(9)); 201]), Err(FormError::TooManyFields(201)));
    let unknown = error(Field { show: when("no", Comparison::Answered), ..it(text(9)) });
    assert_eq!(unknown, FormError::UnknownField { field: key("it"), unknown: key("no") });
    let numeric = when("other", Comparison::Above(number("1")));
    let fields = vec![field("other", text(9)), Field { show: numeric, ..it(text(9)) }];
    assert!(matches!(Form::new(fields), Err(FormError::Comparison { .. })));
    let bad = |prefill| error(Field { prefill: Some(prefill), ..it(text(3)) });
    for prefill in [
        Prefill::Value(says("long")),
        Prefill::Value(Value::User(ADA)),
        Prefill::Requester,
        Prefill::Today { plus_days: 1 },
    ] {
        assert!(matches!(bad(prefill.clone()), FormError::Default { .. }), "{prefill:?}");
    }
    let (low, high) = (Some(number("2")), Some(number("1")));
    let table = |columns| Kind::Table { columns, rows_min: 0, rows_max: 1 };
    let nested = Column {
        key: key("c"),
        label: "c".to_owned(),
        help: String::new(),
        kind: table(Vec::new()),
        required: false,
    };
    for kind in [
        text(0),
        text(20_001),
        Kind::Number { min: low, max: high, step: None },
        Kind::Number { min: None, max: None, step: Some(Decimal::ZERO) },
        Kind::Choice(options(&[])),
        Kind::Choice(options(&["a", "a"])),
        Kind::Choice(options(&[" "])),
        Kind::Choices { options: options(&["a"]), min: 2, max: 2 },
        Kind::Date {
            earliest: Some(DateBound::Today { plus_days: 2 }),
            latest: Some(DateBound::Today { plus_days: 1 }),
        },
        Kind::Files { media_types: vec!["pdf".to_owned()], bytes_max: 1, files_max: 1 },
        Kind::Files { media_types: Vec::new(), bytes_max: 0, files_max: 1 },
        table(Vec::new()),
        table(vec![nested]),
    ] {
        assert!(matches!(error(it(kind.clone())), FormError::Bounds { .. }), "{kind:?}");
    }
    assert!(matches!(
        error(Field { label: " ".to_owned(), ..it(text(1)) }),
        FormError::Bounds { .. }
    ));
    for text in ["", "A", "1a", "a-b", "ä", &"a".repeat(65)] {
        assert_eq!(Key::parse(text), Err(NoKey), "{text}");
    }
}

#[test]
fn patterns_are_bounded_and_linear() {
    assert_eq!(Pattern::new(&"a".repeat(501), ""), Err(PatternError::TooLong));
    for source in ["(", "a)|(b", "(a{1000}){1000}", "(?=a)b", &"(".repeat(60)] {
        assert!(matches!(Pattern::new(source, ""), Err(PatternError::Unsound(_))), "{source}");
    }
    // What would take another engine for ever.
    let pattern = Pattern::new("(a+)+b|(a|aa)+", "").unwrap();
    assert!(!pattern.matches(&format!("{}c", "a".repeat(20_000))));
    assert!(!Pattern::new("a|b", "").unwrap().matches("ac"), "all of a text has to match");
    assert!(!Pattern::new("a", "").unwrap().matches("a\n"));
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        ".{0,6}".prop_map(Value::Text),
        any::<i64>().prop_map(|number| Value::Number(Decimal::from_millionths(number))),
        "[abz]?".prop_map(Value::Choice),
        prop::collection::vec("[abz]", 0..4).prop_map(Value::Choices),
        (0..200_i64).prop_map(|days| Value::Date(TODAY + jiff::Span::new().days(days - 100))),
        prop::sample::select(vec![ADA, BOB]).prop_map(Value::User),
    ]
}

proptest! {
    #[test]
    fn what_is_normalised_stays_as_it_is_and_has_only_what_was_shown(
        shows in prop::collection::vec((0..6_usize, prop::bool::ANY, prop::bool::ANY), 6),
        given in prop::collection::vec(prop::option::of(any_value()), 6),
    ) {
        let kinds = [
            Kind::Text { is_long: true, chars_min: 1, chars_max: 4, pattern: None },
            Kind::Number { min: None, max: Some(Decimal::ZERO), step: None },
            Kind::Choice(options(&["a", "b"])),
            Kind::Choices { options: options(&["a", "b"]), min: 0, max: 2 },
            Kind::Date { earliest: Some(DateBound::Today { plus_days: 0 }), latest: None },
            Kind::User { group: None },
        ];
        let name = |place: usize| format!("f{place}");
        let fields = kinds.into_iter().zip(shows.iter()).enumerate();
        let fields = fields.map(|(place, (kind, (on, is_conditional, required)))| {
            // Each depends on an earlier one.
            let show = (place > 0 && *is_conditional)
                .then(|| when(&name(on % place), Comparison::Answered))
                .flatten();
            Field { show, required: *required, ..field(&name(place), kind) }
        });
        let form = Form::new(fields.collect()).unwrap();
        let given = given.into_iter().enumerate();
        let given: Answers =
            given.filter_map(|(place, value)| Some((key(&name(place)), value?))).collect();
        if let Ok(checked) = form.check(&given, ADA, TODAY, &World) {
            prop_assert_eq!(form.check(&checked, ADA, TODAY, &World), Ok(checked.clone()));
            for field in form.fields() {
                let is_shown = field.show.as_ref().is_none_or(|show| {
                    show.holds(&|when| checked.contains_key(&when.field))
                });
                prop_assert!(is_shown || !checked.contains_key(&field.key));
                prop_assert!(!is_shown || !field.required || checked.contains_key(&field.key));
            }
        }
    }
}
