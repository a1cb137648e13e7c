//! [`Operation`]: what is done with an object, and what comes of it.

use metaffi::object::{Comparison, Iteration, TextKind};

use super::choices::Choices;
use super::datum::{Datum, NAMES};

/// What is done with an object.
#[derive(Clone, Debug)]
pub enum Operation {
    GetIndex(i64),
    GetItem(Datum),
    GetEntry(&'static str),
    /// Without a value: deleted. So are the following.
    SetIndex(i64, Option<Datum>),
    SetItem(Datum, Option<Datum>),
    SetEntry(&'static str, Option<Datum>),
    Slice([Option<i64>; 3]),
    Length,
    Contains(Datum),
    /// All that it gives, fetched so many at a time.
    Elements(Iteration, usize),
    Compare(Comparison, Datum),
    /// With an object that there is, by its place.
    CompareWith(Comparison, usize),
    Hash,
    Truth,
    Text(TextKind),
    GetAttribute(&'static str),
    SetAttribute(&'static str, Option<Datum>),
    Invoke(&'static str, Vec<Datum>, Vec<(&'static str, Datum)>),
    Call(Vec<Datum>, Vec<(&'static str, Datum)>),
    /// Its memory, of which an element may be written, by a number.
    View(Option<u8>),
}

use Operation::*;

/// What an operation gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    Nothing,
    Is(Datum),
    Are(Vec<Datum>),
    /// In whatever order.
    AreAmong(Vec<Datum>),
    Holds(bool),
    Counts(usize),
    Reads(String),
    /// What cannot be foretold.
    Anything,
}

/// Why it does not.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// It is not there.
    Missing,
    /// The object cannot do that.
    Unable,
    /// Code of its own fails, with an exception of that name.
    Raises(String),
    /// For one of several reasons.
    Any,
}

pub type Answer = Result<Said, Refusal>;

/// The failure of code of the object's own.
pub fn raises<T>(exception: &str) -> Result<T, Refusal> {
    Err(Refusal::Raises(exception.to_owned()))
}

/// Whether what was foretold has come.
pub fn agree(expected: &Answer, found: &Answer) -> bool {
    match (expected, found) {
        (Ok(Said::Anything), Ok(_)) | (Err(Refusal::Any), Err(_)) => true,
        (Ok(Said::AreAmong(expected)), Ok(Said::Are(found))) => {
            let mut left = found.clone();
            expected.len() == left.len()
                && expected.iter().all(|one| {
                    left.iter().position(|found| found == one).map(|at| left.remove(at)).is_some()
                })
        }
        _ => expected == found,
    }
}

const COMPARISONS: [Comparison; 6] = [
    Comparison::Less,
    Comparison::LessOrEqual,
    Comparison::Equal,
    Comparison::NotEqual,
    Comparison::Greater,
    Comparison::GreaterOrEqual,
];

const METHODS: [&str; 19] = [
    "append",
    "appendleft",
    "pop",
    "popleft",
    "insert",
    "count",
    "index",
    "remove",
    "reverse",
    "clear",
    "add",
    "discard",
    "get",
    "setdefault",
    "update",
    "startswith",
    "nothing",
    "plain",
    "a",
];

impl Operation {
    /// Any, with an object among `others`.
    pub fn choose(choices: &mut Choices<'_>, others: usize) -> Operation {
        let value = |choices: &mut Choices<'_>| {
            let is_given = !choices.once_in(4);
            is_given.then(|| Datum::choose(choices))
        };
        match choices.below(26) {
            0 | 1 => GetIndex(position(choices)),
            2 => GetItem(Datum::choose(choices)),
            3 => GetEntry(choices.pick(&NAMES)),
            4 | 5 => SetIndex(position(choices), value(choices)),
            6 | 7 => SetItem(Datum::choose(choices), value(choices)),
            8 => SetEntry(choices.pick(&NAMES), value(choices)),
            9 | 10 => Slice([(); 3].map(|()| {
                let is_given = choices.below(3) > 0;
                is_given.then(|| position(choices))
            })),
            11 => Length,
            12 => Contains(Datum::choose(choices)),
            13 | 14 => Elements(
                choices.pick(&[
                    Iteration::Itself,
                    Iteration::Itself,
                    Iteration::Keys,
                    Iteration::Values,
                    Iteration::Entries,
                ]),
                1 + choices.below(5),
            ),
            15 => Compare(choices.pick(&COMPARISONS), Datum::choose(choices)),
            16 | 17 => CompareWith(choices.pick(&COMPARISONS), choices.below(others)),
            18 => {
                if choices.once_in(2) {
                    Hash
                } else {
                    Truth
                }
            }
            19 => Text(choices.pick(&[TextKind::Display, TextKind::Debug, TextKind::Safe])),
            20 => GetAttribute(choices.pick(&NAMES)),
            21 => SetAttribute(choices.pick(&NAMES), value(choices)),
            22 => View(choices.once_in(2).then(|| Datum::byte(choices))),
            23 => Call(choices.some(3, Datum::choose), named(choices)),
            _ => {
                let name = choices.pick(&METHODS);
                Invoke(name, choices.some(2, Datum::choose), named(choices))
            }
        }
    }
}

impl Operation {
    /// The same without a difference between positions and keys, which Python does not make.
    pub fn by_key(self) -> Operation {
        let text = |name: &str| Datum::Text(name.to_owned());
        match self {
            GetIndex(index) => GetItem(Datum::Int(index)),
            GetEntry(name) => GetItem(text(name)),
            SetIndex(index, value) => SetItem(Datum::Int(index), value),
            SetEntry(name, value) => SetItem(text(name), value),
            other => other,
        }
    }

    /// The same with truth values that are positions, as they are in Python.
    pub fn by_position(&self) -> Operation {
        let position = |key: &Datum| match key {
            Datum::Bool(truth) => Datum::Int(i64::from(*truth)),
            key => key.clone(),
        };
        match self {
            GetItem(key) => GetItem(position(key)),
            SetItem(key, value) => SetItem(position(key), value.clone()),
            other => other.clone(),
        }
    }
}

fn position(choices: &mut Choices<'_>) -> i64 {
    match choices.below(16) {
        0 => i64::MIN,
        1 => i64::MAX,
        near => near as i64 - 8,
    }
}

/// Values with names, all of them different.
fn named(choices: &mut Choices<'_>) -> Vec<(&'static str, Datum)> {
    match choices.below(6) {
        0 => vec![("b", Datum::choose(choices))],
        1 => vec![("b", Datum::choose(choices)), ("a", Datum::choose(choices))],
        _ => vec![],
    }
}
