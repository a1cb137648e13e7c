//! What is done with sequences.

use metaffi::object::Iteration;

use super::datum::{Datum, is_among};
use super::operation::{Answer, Operation, Refusal, Said, raises};
use super::thing::{Sort, Thing};

/// What an operation does with a sequence.
pub fn answer(thing: &mut Thing, operation: &Operation) -> Answer {
    use Operation::*;
    match operation {
        GetIndex(index) => get(thing, *index),
        GetItem(key) => match (key, key.index()) {
            (Datum::Text(_), _) => Err(Refusal::Unable),
            (_, Some(index)) if takes(thing, key) => get(thing, index),
            _ => no_position(thing),
        },
        SetIndex(index, value) => set(thing, Some(*index), value.as_ref()),
        SetItem(Datum::Text(_), _) => Err(Refusal::Unable),
        SetItem(key, value) => {
            let index = key.index().filter(|_| takes(thing, key));
            set(thing, index, value.as_ref())
        }
        Slice(bounds) => slice(thing, bounds),
        Length => Ok(Said::Counts(thing.length())),
        Contains(value) => contains(thing, value),
        Elements(Iteration::Itself, _) => Ok(Said::Are(thing.items.clone())),
        Elements(..) => Err(Refusal::Unable),
        Hash => match thing.sort {
            Sort::Tuple | Sort::Text | Sort::Bytes => Ok(Said::Anything),
            _ => Err(Refusal::Unable),
        },
        Truth => Ok(Said::Holds(thing.length() != 0)),
        View(write) => view(thing, *write),
        Invoke(..) if thing.sort.is_host() => Err(Refusal::Unable),
        Invoke(name, values, named) => match named.is_empty() {
            true => invoke(thing, name, values),
            false => invoke_named(thing, name),
        },
        _ => Err(Refusal::Unable),
    }
}

/// Whether a key is a position: a host is asked for integers alone.
fn takes(thing: &Thing, key: &Datum) -> bool {
    !thing.sort.is_host() || matches!(key, Datum::Int(_))
}

fn no_position(thing: &Thing) -> Answer {
    match thing.sort.is_host() {
        true => Err(Refusal::Raises("TypeMismatch".to_owned())),
        false => raises("TypeError"),
    }
}

fn at(thing: &Thing, index: i64) -> Option<usize> {
    let length = thing.items.len() as i64;
    let index = if index < 0 { index.checked_add(length)? } else { index };
    (0..length).contains(&index).then_some(index as usize)
}

fn get(thing: &Thing, index: i64) -> Answer {
    match at(thing, index) {
        Some(at) => Ok(Said::Is(thing.items[at].clone())),
        None => Err(Refusal::Missing),
    }
}

/// What an array of numbers does not take.
fn refused(thing: &Thing, value: &Datum) -> Option<&'static str> {
    let number = value.index();
    match thing.sort {
        Sort::Bytes | Sort::ByteArray => match number {
            Some(number) => (!(0..256).contains(&number)).then_some("ValueError"),
            None => Some("TypeError"),
        },
        Sort::Array => number.is_none().then_some("TypeError"),
        _ => None,
    }
}

/// The value as it is stored.
fn stored(thing: &Thing, value: &Datum) -> Datum {
    match thing.sort {
        Sort::ByteArray | Sort::Array => Datum::Int(value.index().unwrap_or_default()),
        _ => value.clone(),
    }
}

/// Whether a change of its length fails, as somebody looks at its memory.
fn is_fixed(thing: &Thing) -> bool {
    thing.views > 0
}

fn set(thing: &mut Thing, index: Option<i64>, value: Option<&Datum>) -> Answer {
    if matches!(thing.sort, Sort::Tuple | Sort::Text | Sort::Bytes) {
        return Err(Refusal::Unable);
    }
    let wrong = value.and_then(|value| refused(thing, value));
    let place = index.and_then(|index| at(thing, index));
    if wrong.is_some() && place.is_none() {
        return Err(Refusal::Any);
    }
    if let Some(wrong) = wrong {
        return raises(wrong);
    }
    let Some(place) = place else {
        return match index {
            Some(_) => Err(Refusal::Missing),
            None => no_position(thing),
        };
    };
    match value {
        Some(value) => thing.items[place] = stored(thing, value),
        None if is_fixed(thing) => return raises("BufferError"),
        None => {
            thing.items.remove(place);
            thing.changes += 1;
        }
    }
    Ok(Said::Nothing)
}

/// The items of a range, as Python counts.
fn slice(thing: &Thing, [start, stop, step]: &[Option<i64>; 3]) -> Answer {
    if thing.sort == Sort::Deque {
        return raises("TypeError");
    }
    let (length, step) = (thing.items.len() as i128, i128::from(step.unwrap_or(1)));
    if step == 0 && thing.sort.is_host() {
        return Err(Refusal::Any);
    }
    if step == 0 {
        return raises("ValueError");
    }
    let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let bound = |bound: &Option<i64>, without: i128| match bound {
        None => without,
        Some(bound) => {
            let bound = i128::from(*bound);
            (if bound < 0 { bound + length } else { bound }).clamp(lowest, highest)
        }
    };
    let (first, last) = match step > 0 {
        true => (bound(start, lowest), bound(stop, highest)),
        false => (bound(start, highest), bound(stop, lowest)),
    };
    let (mut items, mut at) = (vec![], first);
    while if step > 0 { at < last } else { at > last } {
        items.push(thing.items[at as usize].clone());
        at += step;
    }
    Ok(Said::Are(items))
}

fn contains(thing: &Thing, value: &Datum) -> Answer {
    match (thing.sort, value) {
        (Sort::Text, Datum::Text(text)) => return Ok(Said::Holds(thing.text().contains(text))),
        (Sort::Text, _) => return raises("TypeError"),
        _ => {}
    }
    if matches!(thing.sort, Sort::Bytes | Sort::ByteArray)
        && let Some(wrong) = refused(thing, value)
    {
        return raises(wrong);
    }
    Ok(Said::Holds(is_among(value, &thing.items)))
}

fn view(thing: &mut Thing, write: Option<u8>) -> Answer {
    match (thing.sort, write) {
        (Sort::Bytes, Some(_)) => return Err(Refusal::Unable),
        (Sort::Bytes | Sort::ByteArray | Sort::Array, _) => {}
        _ => return Err(Refusal::Unable),
    }
    if let (Some(byte), Some(first)) = (write, thing.items.first_mut()) {
        *first = Datum::Int(i64::from(byte));
    }
    Ok(Said::Are(thing.items.clone()))
}

/// The methods that a sequence of Python has, of those that are called.
fn methods(sort: Sort) -> &'static [&'static str] {
    match sort {
        Sort::List => &["append", "pop", "insert", "count", "index", "remove", "reverse", "clear"],
        Sort::Deque => &[
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
        ],
        Sort::ByteArray => &[
            "append",
            "pop",
            "insert",
            "count",
            "index",
            "remove",
            "reverse",
            "clear",
            "startswith",
        ],
        Sort::Array => &["append", "pop", "insert", "count", "index", "remove", "reverse"],
        Sort::Bytes | Sort::Text => &["count", "index", "startswith"],
        _ => &["count", "index"],
    }
}

/// None of them takes a name.
fn invoke_named(thing: &Thing, name: &str) -> Answer {
    match methods(thing.sort).contains(&name) {
        true => raises("TypeError"),
        false => Err(Refusal::Missing),
    }
}

fn invoke(thing: &mut Thing, name: &str, values: &[Datum]) -> Answer {
    if !methods(thing.sort).contains(&name) {
        return Err(Refusal::Missing);
    }
    let is_text = matches!(thing.sort, Sort::Text | Sort::Bytes | Sort::ByteArray);
    match (name, values) {
        ("append" | "appendleft", [value]) => {
            let to = if name == "append" { thing.items.len() } else { 0 };
            insert(thing, to, value)
        }
        ("insert", [place, value]) => {
            let Some(place) = place.index() else { return raises("TypeError") };
            let length = thing.items.len() as i128;
            let place = i128::from(place);
            let place = (if place < 0 { place + length } else { place }).clamp(0, length);
            insert(thing, place as usize, value)
        }
        ("pop", [index]) if thing.sort != Sort::Deque => {
            let Some(index) = index.index() else { return raises("TypeError") };
            take(thing, at(thing, index))
        }
        ("pop", []) => take(thing, thing.items.len().checked_sub(1)),
        ("popleft", []) => take(thing, (!thing.items.is_empty()).then_some(0)),
        ("reverse", []) => {
            thing.items.reverse();
            thing.changes += 1;
            Ok(Said::Is(Datum::Null))
        }
        ("clear", []) if is_fixed(thing) && !thing.items.is_empty() => raises("BufferError"),
        ("clear", []) => {
            thing.items.clear();
            thing.changes += 1;
            Ok(Said::Is(Datum::Null))
        }
        ("count" | "index" | "startswith", _) if is_text => search(thing, name, values),
        ("count", [value]) => {
            let count = thing.items.iter().filter(|one| one.equals(value)).count();
            Ok(Said::Is(Datum::Int(count as i64)))
        }
        ("remove", [value]) if is_text && refused(thing, value).is_some() => Err(Refusal::Any),
        ("index" | "remove", [value]) => {
            match thing.items.iter().position(|one| one.equals(value)) {
                None => raises("ValueError"),
                Some(at) if name == "index" => Ok(Said::Is(Datum::Int(at as i64))),
                Some(_) if is_fixed(thing) => raises("BufferError"),
                Some(at) => {
                    thing.items.remove(at);
                    thing.changes += 1;
                    Ok(Said::Is(Datum::Null))
                }
            }
        }
        _ => raises("TypeError"),
    }
}

/// Of text, what is searched is text as well.
fn search(thing: &Thing, name: &str, values: &[Datum]) -> Answer {
    match (thing.sort, name, values) {
        (Sort::Text, "startswith", [Datum::Text(text)]) => {
            Ok(Said::Is(Datum::Bool(thing.text().starts_with(text.as_str()))))
        }
        (Sort::Text, "index", [Datum::Text(text)]) => match thing.text().find(text.as_str()) {
            Some(at) => {
                let before = thing.text()[..at].chars().count();
                Ok(Said::Is(Datum::Int(before as i64)))
            }
            None => raises("ValueError"),
        },
        (Sort::Text, "count", [Datum::Text(text)]) => {
            let count = match text.is_empty() {
                true => thing.items.len() + 1,
                false => thing.text().matches(text.as_str()).count(),
            };
            Ok(Said::Is(Datum::Int(count as i64)))
        }
        (Sort::Text, ..) => Err(Refusal::Any),
        (_, "startswith", _) | (_, _, [] | [_, _]) => Err(Refusal::Any),
        (_, "count", [value]) => match refused(thing, value) {
            Some(wrong) => raises(wrong),
            None => {
                let count = thing.items.iter().filter(|one| one.equals(value)).count();
                Ok(Said::Is(Datum::Int(count as i64)))
            }
        },
        (_, _, [value]) => match refused(thing, value) {
            Some(wrong) => raises(wrong),
            None => match thing.items.iter().position(|one| one.equals(value)) {
                Some(at) => Ok(Said::Is(Datum::Int(at as i64))),
                None => raises("ValueError"),
            },
        },
        _ => Err(Refusal::Any),
    }
}

fn insert(thing: &mut Thing, at: usize, value: &Datum) -> Answer {
    if let Some(wrong) = refused(thing, value) {
        return if is_fixed(thing) { Err(Refusal::Any) } else { raises(wrong) };
    }
    if is_fixed(thing) {
        return raises("BufferError");
    }
    let value = stored(thing, value);
    thing.items.insert(at, value);
    thing.changes += 1;
    Ok(Said::Is(Datum::Null))
}

fn take(thing: &mut Thing, at: Option<usize>) -> Answer {
    match at {
        None => raises("IndexError"),
        Some(_) if is_fixed(thing) => raises("BufferError"),
        Some(at) => {
            thing.changes += 1;
            Ok(Said::Is(thing.items.remove(at)))
        }
    }
}
