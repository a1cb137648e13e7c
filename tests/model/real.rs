//! Operations on real objects, by the protocol and by Python's own.

use std::cell::RefCell;
use std::mem::MaybeUninit;

use metaffi::abi::metaffi_value;
use metaffi::error::{Error, Status};
use metaffi::handle::{self, HandleKind, Key};
use metaffi::object::{
    self, AttributeName, CallArguments, Comparison, InternedName, Iteration, TextKind, ValuePlace,
};
use metaffi::signature::Kind;
use metaffi::value::{self, OwnedValue};

use super::datum::Datum;
use super::operation::{Answer, Operation, Refusal, Said};

/// A handle of an object, freed at the end.
pub struct Object(pub Key);

impl Drop for Object {
    fn drop(&mut self) {
        handle::free(self.0, HandleKind::Object).expect("a handle is freed once");
    }
}

impl Object {
    /// The one that a value is.
    pub fn of(value: OwnedValue) -> Object {
        assert_eq!(value::kind_of(&value).unwrap(), Kind::Handle);
        // SAFETY: a handle, which is given up.
        Object(unsafe { value.into_raw().data.object }.addr())
    }

    /// Another handle of it.
    pub fn another(&self) -> Object {
        Object(handle::clone(self.0, HandleKind::Object).unwrap())
    }

    pub fn identity(&self) -> u64 {
        handle::describe_object(self.0, |object| object.identity()).unwrap()
    }
}

thread_local! {
    /// The things of which there is one.
    static TOKENS: RefCell<Vec<Object>> = const { RefCell::new(Vec::new()) };
}

/// Says which they are.
pub fn set_tokens(tokens: Vec<Object>) {
    TOKENS.set(tokens);
}

/// A value as it is given.
pub fn value_of(datum: &Datum) -> OwnedValue {
    let raw: metaffi_value = match datum {
        Datum::Null => value::null(),
        Datum::Bool(truth) => (*truth).into(),
        Datum::Int(number) => (*number).into(),
        Datum::Float(number) => (*number).into(),
        Datum::Text(text) => return value::string8(text).unwrap(),
        Datum::Strange(what) => panic!("{what} is not given"),
        Datum::Token(number) => {
            let handle =
                TOKENS.with_borrow(|tokens| handle::clone(tokens[*number].0, HandleKind::Object));
            value::object(std::ptr::without_provenance_mut(handle.unwrap()))
        }
    };
    // SAFETY: nobody else's.
    unsafe { OwnedValue::from_raw(raw) }
}

/// What a value is.
///
/// # Safety
/// It is what its type says.
pub unsafe fn datum_of(value: &metaffi_value) -> Datum {
    // SAFETY: it is what its type says.
    unsafe {
        match value::kind_of(value).unwrap() {
            Kind::Null => Datum::Null,
            Kind::Bool => Datum::Bool(value.data.boolean),
            Kind::Int64 => Datum::Int(value.data.int64),
            Kind::Uint8 => Datum::Int(i64::from(value.data.uint8)),
            Kind::Float64 => Datum::Float(value.data.float64),
            Kind::String8 => {
                let text = value::text::decode(&value.data.string, Kind::String8);
                Datum::Text(text.unwrap().into_owned())
            }
            Kind::Handle => {
                let about = handle::describe_object(value.data.object.addr(), |object| {
                    (object.identity(), object.type_name())
                });
                let (identity, r#type) = about.expect("a live handle");
                let is_it = |token: &Object| identity == token.identity();
                match TOKENS.with_borrow(|tokens| tokens.iter().position(is_it)) {
                    Some(number) => Datum::Token(number),
                    None => Datum::Strange(r#type),
                }
            }
            kind => Datum::Strange(kind.to_string()),
        }
    }
}

/// Why something failed.
pub fn refusal(error: Error) -> Refusal {
    match error.status() {
        Status::NotFound => Refusal::Missing,
        Status::Unsupported => Refusal::Unable,
        Status::Foreign => match error.foreign_error() {
            Some(exception) => Refusal::Raises(exception.type_name()),
            None => Refusal::Raises(error.message().to_owned()),
        },
        status => {
            assert!(!error.message().is_empty());
            Refusal::Raises(format!("{status:?}"))
        }
    }
}

/// The value that something writes.
pub fn got(
    write: impl FnOnce(ValuePlace<'_>) -> metaffi::error::Result<()>,
) -> Result<OwnedValue, Refusal> {
    let mut place = MaybeUninit::uninit();
    write(&mut place).map_err(refusal)?;
    // SAFETY: written, and nobody else's.
    Ok(unsafe { OwnedValue::from_raw(place.assume_init()) })
}

/// The name of a text, interned or not.
fn name(text: &'static str) -> AttributeName<'static> {
    match text.len() % 2 {
        0 => AttributeName::Text(text),
        _ => interned(text),
    }
}

fn interned(text: &str) -> AttributeName<'static> {
    AttributeName::Interned(InternedName::of(InternedName::intern(text).unwrap()).unwrap())
}

/// What it is called with, and the names of the last ones.
fn arguments(values: &[Datum], named: &[(&'static str, Datum)]) -> (Vec<OwnedValue>, Vec<Key>) {
    let names = named.iter().map(|(name, _)| InternedName::intern(name).unwrap()).collect();
    (values.iter().chain(named.iter().map(|(_, value)| value)).map(value_of).collect(), names)
}

/// All that is got of an iterator, so many at a time.
pub fn drained(iterator: Key, batch: usize) -> Result<Vec<Datum>, Refusal> {
    let mut all = vec![];
    loop {
        let some = next(iterator, batch)?;
        if some.is_empty() {
            return Ok(all);
        }
        all.extend(some);
    }
}

/// The next values of an iterator.
pub fn next(iterator: Key, room: usize) -> Result<Vec<Datum>, Refusal> {
    let mut places = vec![MaybeUninit::uninit(); room];
    let count =
        object::of(iterator).and_then(|of| of.next(iterator, &mut places)).map_err(refusal)?;
    // SAFETY: so many were written, and are nobody else's.
    let values =
        places[..count].iter().map(|value| unsafe { OwnedValue::from_raw(value.assume_init()) });
    // SAFETY: as their types say.
    Ok(values.map(|value| unsafe { datum_of(&value) }).collect())
}

fn elements(object: Key, iteration: Iteration, batch: usize) -> Answer {
    let iterator = object::of(object).and_then(|of| of.iterate(object, iteration));
    let iterator = Object(iterator.map_err(refusal)?);
    drained(iterator.0, batch).map(Said::Are)
}

/// Does it by the protocol; `with` is what it is compared with.
pub fn perform(object: Key, operation: &Operation, with: Key) -> Answer {
    use Operation::*;
    let of = object::of(object).map_err(refusal)?;
    // SAFETY: as its type says.
    let is = |value: OwnedValue| Said::Is(unsafe { datum_of(&value) });
    // SAFETY: all values are what their types say.
    unsafe {
        match operation {
            GetIndex(index) => got(|to| of.get_index(object, *index, to)).map(is),
            GetItem(key) => got(|to| of.get_item(object, &value_of(key), to)).map(is),
            GetEntry(key) => got(|to| of.get_entry(object, name(key), to)).map(is),
            SetIndex(index, value) => done(of.set_index(object, *index, given(value).as_deref())),
            SetItem(key, value) => {
                done(of.set_item(object, &value_of(key), given(value).as_deref()))
            }
            SetEntry(key, value) => done(of.set_entry(object, name(key), given(value).as_deref())),
            Slice([start, stop, step]) => {
                let items = object::slice(object, *start, *stop, *step).map_err(refusal)?;
                let items = Object(items);
                elements(items.0, Iteration::Itself, 3)
            }
            Length => of.length(object).map(Said::Counts).map_err(refusal),
            Contains(value) => {
                of.contains(object, &value_of(value)).map(Said::Holds).map_err(refusal)
            }
            Elements(iteration, batch) => elements(object, *iteration, *batch),
            Compare(how, value) => {
                of.compare(object, *how, &value_of(value)).map(Said::Holds).map_err(refusal)
            }
            CompareWith(how, _) => {
                let with = value::object(std::ptr::without_provenance_mut(with));
                of.compare(object, *how, &with).map(Said::Holds).map_err(refusal)
            }
            Hash => of.hash(object).map(|hash| Said::Counts(hash as usize)).map_err(refusal),
            Truth => of.truth(object).map(Said::Holds).map_err(refusal),
            Text(kind) => of.text(object, *kind).map(Said::Reads).map_err(refusal),
            GetAttribute(attribute) => {
                got(|to| of.get_attribute(object, name(attribute), to)).map(is)
            }
            SetAttribute(attribute, value) => {
                done(of.set_attribute(object, name(attribute), given(value).as_deref()))
            }
            Invoke(method, values, named) => {
                let (values, names) = arguments(values, named);
                let values = OwnedValue::as_raw(&values);
                let given = CallArguments { values, names: &names };
                got(|to| of.invoke(object, name(method), given, to)).map(is)
            }
            Call(values, named) => {
                let (values, names) = arguments(values, named);
                let values = OwnedValue::as_raw(&values);
                got(|to| of.call(object, CallArguments { values, names: &names }, to)).map(is)
            }
            View(write) => view(object, *write),
        }
    }
}

fn given(value: &Option<Datum>) -> Option<OwnedValue> {
    value.as_ref().map(value_of)
}

fn done(result: metaffi::error::Result<()>) -> Answer {
    result.map(|()| Said::Nothing).map_err(refusal)
}

/// A look at the memory of an object, given back at the end.
pub struct Look(*mut metaffi::abi::metaffi_array);

impl Look {
    pub fn at(object: Key, writable: bool) -> Result<Look, Refusal> {
        let array = object::of(object).and_then(|of| of.buffer(object, writable));
        array.map(Look).map_err(refusal)
    }

    pub fn elements(&self) -> Vec<Datum> {
        // SAFETY: a live array of one dimension.
        unsafe {
            let length = *(*self.0).shape;
            let element = |at| datum_of(&value::array::get(self.0, &[at]).unwrap());
            (0..length).map(element).collect()
        }
    }

    fn write(&self, byte: u8) {
        let number = i64::from(byte).into();
        // SAFETY: a live array of one dimension.
        unsafe {
            if *(*self.0).shape > 0 {
                value::array::set(self.0, &[0], &number).unwrap();
            }
        }
    }
}

impl Drop for Look {
    fn drop(&mut self) {
        // SAFETY: a live array, given up.
        unsafe { value::array::free(self.0) }
    }
}

fn view(object: Key, write: Option<u8>) -> Answer {
    let look = Look::at(object, write.is_some())?;
    if let Some(byte) = write {
        look.write(byte);
    }
    Ok(Said::Are(look.elements()))
}

/// Python's own operations.
pub struct Tools {
    /// One by its name.
    pub named: Box<dyn Fn(&str) -> Object>,
    /// Makes a text.
    pub text: Box<dyn Fn(&str) -> Object>,
}

/// The object of a handle, as a value that stays the owner's.
fn borrowed(object: Key) -> metaffi_value {
    value::object(std::ptr::without_provenance_mut(object))
}

impl Tools {
    /// Calls one.
    pub fn call(&self, tool: &str, values: &[metaffi_value]) -> Result<OwnedValue, Refusal> {
        let tool = (self.named)(tool);
        let arguments = CallArguments { values, names: &[] };
        // SAFETY: the values are what their types say.
        got(|to| unsafe { object::of(tool.0)?.call(tool.0, arguments, to) })
    }

    /// Makes an object.
    pub fn make(&self, kind: &str, values: &[Datum]) -> Object {
        let values: Vec<OwnedValue> = values.iter().map(value_of).collect();
        let made = self.call(kind, OwnedValue::as_raw(&values));
        Object::of(made.unwrap_or_else(|refusal| panic!("{kind}: {refusal:?}")))
    }

    /// Makes one of named parts.
    pub fn make_of(&self, kind: &str, parts: &[(String, Datum)]) -> Object {
        let tool = (self.named)(kind);
        let values: Vec<OwnedValue> = parts.iter().map(|(_, value)| value_of(value)).collect();
        let names: Vec<Key> =
            parts.iter().map(|(name, _)| InternedName::intern(name).unwrap()).collect();
        let arguments = CallArguments { values: OwnedValue::as_raw(&values), names: &names };
        // SAFETY: the values are what their types say.
        let made = got(|to| unsafe { object::of(tool.0)?.call(tool.0, arguments, to) });
        Object::of(made.unwrap())
    }

    /// Does it by Python's own operation. `None` where there is none.
    pub fn perform(&self, object: Key, operation: &Operation, with: Key) -> Option<Answer> {
        use Operation::*;
        let text = |name: &str| Datum::Text(name.to_owned());
        let number = |bound: &Option<i64>| bound.map_or(Datum::Null, Datum::Int);
        let (tool, given) = match operation {
            GetItem(key) => ("get item", vec![key.clone()]),
            SetItem(key, Some(value)) => ("set item", vec![key.clone(), value.clone()]),
            SetItem(key, None) => ("delete item", vec![key.clone()]),
            Slice(bounds) => ("slice", bounds.iter().map(number).collect()),
            Length => ("length", vec![]),
            Contains(value) => ("contains", vec![value.clone()]),
            Elements(Iteration::Itself, _) => ("elements", vec![]),
            Elements(Iteration::Keys, _) => ("keys", vec![]),
            Elements(Iteration::Values, _) => ("values", vec![]),
            Elements(Iteration::Entries, _) => ("entries", vec![]),
            Compare(how, value) => ("compare", vec![text(operator(*how)), value.clone()]),
            CompareWith(how, _) => ("compare", vec![text(operator(*how))]),
            Truth => ("truth", vec![]),
            Hash => ("hash", vec![]),
            Text(TextKind::Display) => ("display", vec![]),
            Text(TextKind::Debug) => ("debug", vec![]),
            GetAttribute(name) => ("get attribute", vec![text(name)]),
            SetAttribute(name, Some(value)) => ("set attribute", vec![text(name), value.clone()]),
            SetAttribute(name, None) => ("delete attribute", vec![text(name)]),
            Call(values, named) if named.is_empty() => ("call", values.clone()),
            View(None) => ("view", vec![]),
            Text(TextKind::Safe) | View(_) | Invoke(..) | Call(..) => return None,
            GetIndex(_) | GetEntry(_) | SetIndex(..) | SetEntry(..) => return None,
        };
        let owned: Vec<OwnedValue> = given.iter().map(value_of).collect();
        let mut values = vec![borrowed(object)];
        values.extend_from_slice(OwnedValue::as_raw(&owned));
        if matches!(operation, CompareWith(..)) {
            values.push(borrowed(with));
        }
        Some(self.call(tool, &values).and_then(|value| said(operation, value)))
    }
}

/// What Python has given.
fn said(operation: &Operation, value: OwnedValue) -> Answer {
    use Operation::*;
    let is_list = matches!(operation, Slice(_) | Elements(..) | View(_));
    if is_list {
        return elements(Object::of(value).0, Iteration::Itself, 4);
    }
    // SAFETY: as its type says.
    Ok(match (operation, unsafe { datum_of(&value) }) {
        (SetItem(..) | SetAttribute(..), _) => Said::Nothing,
        (Length | Hash, Datum::Int(count)) => Said::Counts(count as usize),
        (Contains(_) | Compare(..) | CompareWith(..) | Truth, Datum::Bool(truth)) => {
            Said::Holds(truth)
        }
        (Text(_), Datum::Text(text)) => Said::Reads(text),
        (_, datum) => Said::Is(datum),
    })
}

/// The name of the function that compares so.
fn operator(how: Comparison) -> &'static str {
    match how {
        Comparison::Less => "lt",
        Comparison::LessOrEqual => "le",
        Comparison::Equal => "eq",
        Comparison::NotEqual => "ne",
        Comparison::Greater => "gt",
        Comparison::GreaterOrEqual => "ge",
    }
}

/// The items of an object, whatever it says of them.
pub fn drained_of(object: Key) -> Vec<Datum> {
    match elements(object, Iteration::Itself, 8) {
        Ok(Said::Are(items)) => items,
        other => panic!("{other:?}"),
    }
}
