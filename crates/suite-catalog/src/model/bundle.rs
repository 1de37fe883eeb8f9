//! Bundles: items that are asked for together.
//!
//! A bundle has *parts*, each of which is another item. A part is required or may be left out, and
//! may say with what fields of its item's form begin. Such a *preset* is a default as the form's own
//! are, and stands in the place of one; a *fixed* one is the answer, whoever asks. A preset of a
//! field that is not shown says nothing, as an answer to it would.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::form::{Answers, Fault, Form, FormError, Key, Path, Prefill, Problem, Value};

pub const PARTS_MAX: usize = 20;

/// With what a field of a part's form begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    pub answer: Value,
    /// Whoever asks does not change it.
    pub is_fixed: bool,
}

/// By the keys of the fields.
pub type Presets = BTreeMap<Key, Preset>;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PresetError {
    #[error("the item's form has no field {0}")]
    NoField(Key),
    #[error("{0}")]
    Unfit(FormError),
}

impl PresetError {
    /// The field that it is about.
    pub fn field(&self) -> Option<&Key> {
        match self {
            Self::NoField(field) | Self::Unfit(FormError::Default { field, .. }) => Some(field),
            Self::Unfit(_) => None,
        }
    }
}

/// A part's form as it is asked: that of its item, which begins with what is preset.
pub fn asked(form: &Form, presets: &Presets) -> Result<Form, PresetError> {
    let known = |key: &&Key| form.fields().iter().any(|field| field.key == **key);
    if let Some(unknown) = presets.keys().find(|key| !known(key)) {
        return Err(PresetError::NoField(unknown.clone()));
    }
    let mut fields = form.fields().to_vec();
    for field in &mut fields {
        if let Some(preset) = presets.get(&field.key) {
            field.prefill = Some(Prefill::Value(preset.answer.clone()));
        }
    }
    Form::new(fields).map_err(PresetError::Unfit)
}

/// Answers without those to fields that are fixed, which need none; a fault for each other answer to
/// one.
pub fn without_fixed(mut given: Answers, presets: &Presets) -> Result<Answers, Vec<Fault>> {
    let mut faults = Vec::new();
    for (key, preset) in presets.iter().filter(|(_, preset)| preset.is_fixed) {
        if given.remove(key).is_some_and(|answer| !is_same(&answer, &preset.answer)) {
            let path = Path { field: key.clone(), row: None, column: None };
            faults.push(Fault { path, problem: Problem::Fixed });
        }
    }
    if faults.is_empty() { Ok(given) } else { Err(faults) }
}

fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Text(one), Value::Text(other)) => one.trim() == other.trim(),
        _ => one == other,
    }
}

/// Why a choice of parts is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    #[error("the bundle has no part {place}")]
    NoPart { at: usize, place: usize },
    #[error("part {place} is chosen twice")]
    Doubled { at: usize, place: usize },
    #[error("part {place} belongs to the bundle, and cannot be left out")]
    LeftOut { place: usize },
    #[error("choose at least one part")]
    Nothing,
}

/// Whether somebody may choose these places: each once, and all that are required. `required` has
/// the places that they may choose from, and whether they have to.
pub fn check_choice(required: &BTreeMap<usize, bool>, chosen: &[usize]) -> Result<(), ChoiceError> {
    let mut seen = BTreeSet::new();
    for (at, place) in chosen.iter().copied().enumerate() {
        if !required.contains_key(&place) {
            return Err(ChoiceError::NoPart { at, place });
        }
        if !seen.insert(place) {
            return Err(ChoiceError::Doubled { at, place });
        }
    }
    let left_out = required.iter().find(|(place, required)| **required && !seen.contains(*place));
    match left_out {
        Some((place, _)) => Err(ChoiceError::LeftOut { place: *place }),
        None if chosen.is_empty() => Err(ChoiceError::Nothing),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;
    use suite_contracts::{GroupId, UserId};

    use super::*;
    use crate::model::condition::Condition;
    use crate::model::form::{Comparison, Field, Kind, Listed, Lookup, Options, Resolved, When};

    struct Nobody;

    impl Lookup for Nobody {
        fn offers(&self, _: &Resolved, _: &str) -> bool {
            false
        }

        fn is_person(&self, _: UserId, _: Option<GroupId>) -> bool {
            false
        }
    }

    fn key(text: &str) -> Key {
        Key::parse(text).unwrap()
    }

    fn choice(option: &str) -> Value {
        Value::Choice(option.to_owned())
    }

    fn field(name: &str, kind: Kind) -> Field {
        Field {
            key: key(name),
            label: name.to_owned(),
            help: String::new(),
            kind,
            required: true,
            prefill: None,
            show: None,
            require: None,
        }
    }

    /// Asks for a size, and for a reason where it is a large one.
    fn form() -> Form {
        let option = |value: &str| Listed { value: value.to_owned(), label: value.to_owned() };
        let sizes = Options::Listed(vec![option("light"), option("large")]);
        let text = Kind::Text { is_long: false, chars_min: 0, chars_max: 20, pattern: None };
        let is_large = When { field: key("size"), comparison: Comparison::Equals(choice("large")) };
        let why = Field { show: Some(Condition::Is(is_large)), ..field("why", text) };
        Form::new(vec![field("size", Kind::Choice(sizes)), why]).unwrap()
    }

    fn preset(name: &str, answer: Value, is_fixed: bool) -> Presets {
        BTreeMap::from([(key(name), Preset { answer, is_fixed })])
    }

    fn answered(presets: &Presets, given: Answers) -> Result<Answers, Vec<Fault>> {
        let given = without_fixed(given, presets)?;
        let form = asked(&form(), presets).unwrap();
        form.check(&given, UserId::new(), date(2026, 2, 28), &Nobody)
    }

    #[test]
    fn a_preset_stands_where_there_is_no_answer() {
        let presets = preset("size", choice("light"), false);
        let begun = answered(&presets, Answers::new()).unwrap();
        assert_eq!(begun, Answers::from([(key("size"), choice("light"))]));
        let other = Answers::from([
            (key("size"), choice("large")),
            (key("why"), Value::Text("plans".to_owned())),
        ]);
        assert_eq!(answered(&presets, other.clone()).unwrap(), other);
    }

    #[test]
    fn what_is_fixed_nobody_changes() {
        let presets = preset("size", choice("light"), true);
        let light = Answers::from([(key("size"), choice("light"))]);
        for given in [Answers::new(), light.clone()] {
            assert_eq!(answered(&presets, given).unwrap(), light);
        }
        let faults = answered(&presets, Answers::from([(key("size"), choice("large"))]));
        let faults = faults.unwrap_err();
        assert_eq!((faults.len(), &faults[0].problem), (1, &Problem::Fixed));
        assert_eq!(faults[0].path.field, key("size"));
    }

    #[test]
    fn a_preset_of_what_is_not_shown_says_nothing() {
        for is_fixed in [true, false] {
            let mut presets = preset("why", Value::Text("plans".to_owned()), is_fixed);
            let light = Answers::from([(key("size"), choice("light"))]);
            assert_eq!(answered(&presets, light.clone()).unwrap(), light);
            presets.extend(preset("size", choice("large"), true));
            let large = answered(&presets, Answers::new()).unwrap();
            assert_eq!(large.get(&key("why")), Some(&Value::Text("plans".to_owned())));
        }
    }

    #[test]
    fn a_preset_is_an_answer_of_the_form() {
        let of_none = asked(&form(), &preset("colour", choice("red"), false)).unwrap_err();
        assert_eq!(of_none, PresetError::NoField(key("colour")));
        let unfit = asked(&form(), &preset("size", choice("huge"), false)).unwrap_err();
        assert_eq!(unfit.field(), Some(&key("size")), "{unfit}");
    }

    proptest! {
        /// A choice is good exactly if it has every required part, none twice, none that there is
        /// not, and at least one.
        #[test]
        fn a_choice_has_all_that_is_required(
            required in proptest::collection::btree_map(0_usize..6, any::<bool>(), 0..6),
            chosen in proptest::collection::vec(0_usize..7, 0..8),
        ) {
            let distinct: BTreeSet<usize> = chosen.iter().copied().collect();
            let is_good = !chosen.is_empty()
                && distinct.len() == chosen.len()
                && distinct.iter().all(|place| required.contains_key(place))
                && required.iter().all(|(place, must)| !must || distinct.contains(place));
            prop_assert_eq!(check_choice(&required, &chosen).is_ok(), is_good);
        }
    }
}
