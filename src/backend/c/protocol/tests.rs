use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::Arc;

use super::*;
use crate::backend::c::CData;
use crate::backend::c::testing::{Guest, Header, address, integers, list, write};
use crate::error::{Error, Status};
use crate::handle::HandleKind;
use crate::object::{self, InternedName, MemberKind};
use crate::value::{self, OwnedValue, array::OwnedArray};

const SHAPES: &str = "
    typedef int (*binary)(int, int);
    struct node { int x; short few : 3; char name[8]; double at[3]; struct node *next; binary apply; };
    union word { unsigned bits; float real; };
    typedef struct opaque opaque;";

/// An object by its handle, which is freed at the end.
struct Object(Key);

impl Drop for Object {
    fn drop(&mut self) {
        handle::free(self.0, HandleKind::Object).unwrap();
    }
}

impl Object {
    fn of(data: &Arc<CData>) -> Object {
        Object(handle::insert_object(data.clone()).unwrap())
    }

    fn protocol(&self) -> &'static dyn Protocol {
        object::of(self.0).unwrap()
    }

    fn capabilities(&self) -> Capabilities {
        self.protocol().capabilities(self.0).unwrap()
    }

    fn attribute(&self, name: &str) -> Result<OwnedValue> {
        got(|to| self.protocol().get_attribute(self.0, AttributeName::Text(name), to))
    }

    fn set_attribute(&self, name: &str, value: metaffi_value) -> Result<()> {
        let name = AttributeName::Interned(InternedName::of(InternedName::intern(name)?)?);
        // SAFETY: the tests' values are what they say.
        unsafe { self.protocol().set_attribute(self.0, name, Some(&value)) }
    }

    fn item(&self, index: i64) -> Result<OwnedValue> {
        got(|to| self.protocol().get_index(self.0, index, to))
    }

    fn number(&self) -> Result<OwnedValue> {
        got(|to| self.protocol().number(self.0, to))
    }

    fn set_item(&self, index: i64, value: metaffi_value) -> Result<()> {
        // SAFETY: the tests' values are what they say.
        unsafe { self.protocol().set_item(self.0, &index.into(), Some(&value)) }
    }

    fn compare(&self, comparison: Comparison, with: &metaffi_value) -> Result<bool> {
        // SAFETY: the tests' values are what they say.
        unsafe { self.protocol().compare(self.0, comparison, with) }
    }

    fn call(&self, values: &[metaffi_value], names: &[Key]) -> Result<OwnedValue> {
        // SAFETY: the tests' values are what they say.
        got(|to| unsafe { self.protocol().call(self.0, CallArguments { values, names }, to) })
    }

    fn buffer(&self, writable: bool) -> Result<OwnedArray> {
        let array = self.protocol().buffer(self.0, writable)?;
        // SAFETY: the new array is nobody else's.
        Ok(unsafe { OwnedArray::from_raw(NonNull::new(array).unwrap()) })
    }

    fn text(&self, kind: TextKind) -> String {
        self.protocol().text(self.0, kind).unwrap()
    }

    fn value(&self) -> metaffi_value {
        value::object(std::ptr::without_provenance_mut(self.0))
    }
}

fn got(write: impl FnOnce(ValuePlace<'_>) -> Result<()>) -> Result<OwnedValue> {
    let mut place = MaybeUninit::uninit();
    write(&mut place)?;
    // SAFETY: written, and nobody else's.
    Ok(unsafe { OwnedValue::from_raw(place.assume_init()) })
}

fn integer(value: &metaffi_value) -> i64 {
    let number = value::number::convert(value, crate::signature::Kind::Int64.into()).unwrap();
    // SAFETY: converted to that.
    unsafe { number.data.int64 }
}

fn owned(value: OwnedValue) -> Object {
    assert_eq!(value::kind_of(&value).unwrap(), crate::signature::Kind::Handle);
    // SAFETY: a handle.
    Object(unsafe { value.into_raw().data.object }.addr())
}

fn refused<T: std::fmt::Debug>(result: Result<T>, status: Status, said: &str) {
    let error: Error = result.unwrap_err();
    assert_eq!(error.status(), status, "{error}");
    assert!(error.message().contains(said), "{error}");
}

#[test]
fn members_of_a_struct_are_attributes() {
    let header = Header::new(SHAPES);
    let data = header.zeroed("struct node");
    let node = Object::of(&data);
    node.set_attribute("x", 7.into()).unwrap();
    node.set_attribute("few", (-3_i64).into()).unwrap();
    assert_eq!(integer(&node.attribute("x").unwrap()), 7);
    assert_eq!(integer(&node.attribute("few").unwrap()), -3);
    refused(node.set_attribute("few", 100.into()), Status::OutOfRange, "attribute \"few\"");
    refused(node.attribute("y"), Status::NotFound, "y");
    refused(node.attribute("nexr"), Status::NotFound, "did you mean \"next\"?");
    let next = node.attribute("next").unwrap();
    assert_eq!(value::kind_of(&next).unwrap(), crate::signature::Kind::Null);
    let at = owned(node.attribute("at").unwrap());
    at.set_item(2, 2.5.into()).unwrap();
    let again = owned(node.attribute("at").unwrap());
    // SAFETY: a float64.
    assert_eq!(unsafe { again.item(2).unwrap().data.float64 }, 2.5);
    let members = node.protocol().members(node.0).unwrap();
    let names: Vec<&str> = members.iter().map(|member| &*member.name).collect();
    assert_eq!(names, ["x", "few", "name", "at", "next", "apply"]);
    assert_eq!(members[4].kind, MemberKind::Attribute);
    assert_eq!(members[5].kind, MemberKind::Method);
    // SAFETY: nothing is given.
    let deleted = unsafe { node.protocol().set_attribute(node.0, AttributeName::Text("x"), None) };
    refused(deleted, Status::Unsupported, "have its attributes deleted");
    refused(node.item(0), Status::Unsupported, "it can have its attributes read");
}

#[test]
fn a_pointer_leads_to_the_members_of_what_it_points_to() {
    let header = Header::new(SHAPES);
    let (data, pointer) = (header.zeroed("struct node"), header.zeroed("struct node *"));
    let to = Object::of(&pointer);
    refused(to.attribute("x"), Status::InvalidArgument, "is NULL");
    refused(to.item(0), Status::InvalidArgument, "is NULL");
    assert!(!to.protocol().truth(to.0).unwrap());
    assert!(to.compare(Comparison::Equal, &value::null()).unwrap());
    assert_eq!(to.text(TextKind::Debug), "<struct node * NULL>");
    write(&pointer, "", Object::of(&data).value()).unwrap();
    to.set_attribute("x", 5.into()).unwrap();
    assert_eq!(integer(&Object::of(&data).attribute("x").unwrap()), 5);
    let first = owned(to.item(0).unwrap());
    assert_eq!(integer(&first.attribute("x").unwrap()), 5);
    assert!(to.protocol().truth(to.0).unwrap());
    let same = header.zeroed("struct node *");
    write(&same, "", Object::of(&data).value()).unwrap();
    let same = Object::of(&same);
    assert!(to.compare(Comparison::Equal, &same.value()).unwrap());
    assert!(to.compare(Comparison::LessOrEqual, &same.value()).unwrap());
    assert_eq!(to.protocol().hash(to.0).unwrap(), same.protocol().hash(same.0).unwrap());
    refused(to.compare(Comparison::Less, &5.into()), Status::TypeMismatch, "no order");
    refused(to.protocol().length(to.0), Status::Unsupported, "tell its length");
    refused(
        to.protocol().slice(to.0, None, None, None),
        Status::InvalidArgument,
        "say where the slice stops",
    );
    // In a struct, null is kept as the null pointer that it is.
    to.set_attribute("next", value::null()).unwrap();
}

#[test]
fn elements_of_an_array_are_items() {
    let header = Header::new("");
    let data = header.value("int[4]", &integers(&[1, 2, 3, 4]));
    let array = Object::of(&data);
    assert_eq!(array.protocol().length(array.0).unwrap(), 4);
    array.set_item(1, 20.into()).unwrap();
    assert_eq!(integer(&array.item(1).unwrap()), 20);
    for index in [-1, 4, i64::MAX, i64::MIN] {
        refused(array.item(index), Status::NotFound, "outside of");
    }
    refused(array.set_item(0, (1_i64 << 40).into()), Status::OutOfRange, "item 0");
    let (protocol, key) = (array.protocol(), array.0);
    // SAFETY: numbers and a text.
    unsafe {
        assert!(protocol.contains(key, &20.into()).unwrap());
        assert!(protocol.contains(key, &3.0.into()).unwrap());
        assert!(!protocol.contains(key, &2.into()).unwrap());
        let text = value::string8("x").unwrap();
        assert!(!protocol.contains(key, &text).unwrap());
        let by_text = got(|to| protocol.get_item(key, &text, to));
        refused(by_text, Status::Unsupported, "have its entries read by key");
        refused(protocol.set_item(key, &0.into(), None), Status::Unsupported, "items deleted");
    }
    let slice = Object(protocol.slice(key, Some(1), Some(3), None).unwrap());
    assert_eq!(slice.protocol().length(slice.0).unwrap(), 2);
    slice.set_item(1, 30.into()).unwrap();
    assert_eq!(integer(&array.item(2).unwrap()), 30);
    let none = Object(protocol.slice(key, Some(4), None, Some(1)).unwrap());
    assert_eq!(none.protocol().length(none.0).unwrap(), 0);
    for (start, stop) in [(-1, 2), (3, 2), (0, 5)] {
        let slice = protocol.slice(key, Some(start), Some(stop), None);
        refused(slice, Status::OutOfRange, "outside of");
    }
    let stepped = protocol.slice(key, None, None, Some(2));
    refused(stepped, Status::Unsupported, "leave out the step");
    assert_eq!(array.text(TextKind::Debug), "<int [4] [1, 20, 30, 4]>");
}

#[test]
fn an_iterator_gives_elements_in_batches_to_the_end() {
    let header = Header::new("");
    let data = header.value("int[5]", &integers(&[1, 2, 3, 4, 5]));
    let array = Object::of(&data);
    let iterator = Object(array.protocol().iterate(array.0, Iteration::Itself).unwrap());
    let itself = Object(iterator.protocol().iterate(iterator.0, Iteration::Itself).unwrap());
    let mut seen = Vec::new();
    loop {
        let mut place = [const { MaybeUninit::uninit() }; 2];
        let count = itself.protocol().next(iterator.0, &mut place).unwrap();
        // SAFETY: so many are written, and own nothing.
        seen.extend(place[..count].iter().map(|value| integer(unsafe { value.assume_init_ref() })));
        if count == 0 {
            break;
        }
    }
    assert_eq!(seen, [1, 2, 3, 4, 5]);
    assert!(iterator.capabilities().has(Capabilities::NEXT));
    refused(
        array.protocol().iterate(array.0, Iteration::Keys),
        Status::Unsupported,
        "entries read by key",
    );
    refused(array.protocol().next(array.0, &mut []), Status::Unsupported, "give a next value");
    assert!(iterator.text(TextKind::Debug).starts_with("<iterator over int [5] at 0x"));
    assert!(iterator.compare(Comparison::Equal, &itself.value()).unwrap());
}

#[test]
fn function_pointers_are_called() {
    let guest = Guest::new("int sum(int a, int b) { return a + b; }");
    let header = Header::new(SHAPES);
    let data = header.zeroed("struct node");
    let node = Object::of(&data);
    let arguments = [2.into(), 3.into()];
    let call = CallArguments { values: &arguments, names: &[] };
    let name = AttributeName::Text("apply");
    // SAFETY: numbers.
    let invoke = |name| got(|to| unsafe { node.protocol().invoke(node.0, name, call, to) });
    refused(invoke(name), Status::InvalidArgument, "is NULL; it cannot be called");
    refused(invoke(AttributeName::Text("x")), Status::Unsupported, "cannot be called");
    node.set_attribute("apply", (guest.symbol("sum").addr() as u64).into()).unwrap();
    assert_eq!(integer(&invoke(name).unwrap()), 5);
    let apply = owned(node.attribute("apply").unwrap());
    assert!(apply.capabilities().has(Capabilities::CALL | Capabilities::POINTER));
    assert_eq!(integer(&apply.call(&arguments, &[]).unwrap()), 5);
    refused(apply.call(&arguments[..1], &[]), Status::InvalidArgument, "2");
    let b = InternedName::intern("b").unwrap();
    refused(apply.call(&arguments, &[b]), Status::Unsupported, "without names");
    refused(node.call(&arguments, &[]), Status::Unsupported, "be called");
}

#[test]
fn numbers_are_compared_by_their_value() {
    let header = Header::new("");
    let long_double = Object::of(&header.value("long double", &1.5.into()));
    let int = Object::of(&header.value("int", &7.into()));
    assert!(int.compare(Comparison::Greater, &long_double.value()).unwrap());
    assert!(int.compare(Comparison::Equal, &7.0.into()).unwrap());
    assert!(int.compare(Comparison::NotEqual, &value::null()).unwrap());
    refused(int.protocol().hash(int.0), Status::Unsupported, "be a key");
    let fits = Capabilities::FITS_INT64 | Capabilities::FITS_UINT64 | Capabilities::FITS_FLOAT64;
    assert!(int.capabilities().has(fits | Capabilities::NUMBER));
    assert!(long_double.capabilities().has(Capabilities::FITS_FLOAT64));
    // SAFETY: a float64.
    assert_eq!(unsafe { long_double.number().unwrap().data.float64 }, 1.5);
    assert_eq!(integer(&int.number().unwrap()), 7);
    let large = Object::of(&header.value("long double", &u64::MAX.into()));
    assert!(!large.capabilities().has_any(fits));
    // SAFETY: an uint64.
    assert_eq!(unsafe { large.number().unwrap().data.uint64 }, u64::MAX);
    assert_eq!(int.text(TextKind::Display), "7");
    let wide = header.value("unsigned long", &u64::MAX.into());
    let wide = Object::of(&wide);
    assert_eq!(
        wide.capabilities().has(Capabilities::FITS_UINT64),
        wide.capabilities() == wide.capabilities().without(Capabilities::FITS_INT64)
    );
    assert!(!wide.capabilities().has_any(Capabilities::FITS_INT64 | Capabilities::FITS_FLOAT64));
    let point = Object::of(&header.zeroed("struct point { int x; }"));
    refused(point.compare(Comparison::Less, &point.value()), Status::Unsupported, "order");
    assert!(point.compare(Comparison::Equal, &point.value()).unwrap());
}

#[test]
fn memory_is_seen_as_an_array_of_the_same_shape() {
    let header = Header::new("");
    let data = header.zeroed("short[2][3]");
    let grid = Object::of(&data);
    let array = grid.buffer(true).unwrap();
    assert_eq!(array.view().shape(), [2, 3]);
    // SAFETY: six numbers.
    unsafe { array.view().data().cast::<i16>().add(5).write(9) };
    let row = owned(grid.item(1).unwrap());
    assert_eq!(integer(&row.item(2).unwrap()), 9);
    assert!(data.release().is_err());
    drop(array);
    let constant = Object::of(&header.value("const int[2]", &integers(&[1, 2])));
    assert!(!constant.capabilities().has_any(
        Capabilities::WRITE_BUFFER | Capabilities::WRITE_ITEMS | Capabilities::WRITE_ATTRIBUTES
    ));
    refused(constant.buffer(true).map(drop), Status::Unsupported, "memory written");
    assert_eq!(constant.buffer(false).unwrap().view().shape(), [2]);
    refused(constant.set_item(0, 1.into()), Status::Unsupported, "items written");
    let pointer = Object::of(&header.zeroed("int *"));
    refused(pointer.buffer(false).map(drop), Status::Unsupported, "show its memory");
    data.release().unwrap();
    refused(grid.item(0), Status::InvalidHandle, "released");
}

#[test]
fn arrays_of_characters_are_text() {
    let header = Header::new("");
    let data = header.value("char[8]", &value::string8("h\u{e9}llo").unwrap());
    let text = Object::of(&data);
    assert!(text.capabilities().has(Capabilities::TEXT | Capabilities::SEQUENCE));
    assert_eq!(text.text(TextKind::Display), "h\u{e9}llo");
    assert!(text.text(TextKind::Safe).starts_with("<char [8] at 0x"));
    let bytes = Object::of(&header.zeroed("unsigned char[8]"));
    assert!(!bytes.capabilities().has(Capabilities::TEXT));
}

#[test]
fn a_type_makes_instances() {
    let header = Header::new("struct point { int x, y; }; typedef struct opaque opaque;");
    let data = header.value("struct point", &list(&[1.into(), 2.into()]));
    let point = Object::of(&data);
    let r#type = Object(point.protocol().type_of(point.0).unwrap());
    let protocol = r#type.protocol();
    assert_eq!(integer(&r#type.attribute("size").unwrap()), 8);
    refused(r#type.attribute("sise"), Status::NotFound, "did you mean \"size\"");
    assert!(protocol.is_instance(point.0, r#type.0).unwrap());
    let make = |values: &[metaffi_value], names: &[Key]| {
        // SAFETY: numbers.
        got(|to| unsafe { protocol.construct(r#type.0, CallArguments { values, names }, to) })
    };
    let y = InternedName::intern("y").unwrap();
    for made in [make(&[3.into(), 4.into()], &[]), make(&[3.into(), 4.into()], &[y])] {
        let made = owned(made.unwrap());
        assert_eq!(integer(&made.attribute("x").unwrap()), 3);
        assert_eq!(integer(&made.attribute("y").unwrap()), 4);
        let again = Object(made.protocol().type_of(made.0).unwrap());
        assert!(r#type.compare(Comparison::Equal, &again.value()).unwrap());
        assert_eq!(protocol.hash(r#type.0).unwrap(), protocol.hash(again.0).unwrap());
    }
    let zero = owned(make(&[], &[]).unwrap());
    assert_eq!(integer(&zero.attribute("x").unwrap()), 0);
    let copy = owned(make(&[point.value()], &[]).unwrap());
    assert_eq!(integer(&copy.attribute("y").unwrap()), 2);
    assert_eq!(copy.text(TextKind::Display), "<struct point {x=1, y=2}>");
    refused(make(&[1.into(), 2.into(), 3.into()], &[]), Status::InvalidArgument, "2 members");
    let z = InternedName::intern("z").unwrap();
    refused(make(&[1.into()], &[z]), Status::NotFound, "z");
    assert!(protocol.parents(r#type.0).unwrap().is_empty());
    let int = Object::of(&header.zeroed("int"));
    assert!(!protocol.is_instance(int.0, r#type.0).unwrap());
    let opaque = CData::pointer(header.ctype("opaque *"), address(&data));
    let opaque = Object::of(&Arc::new(opaque));
    refused(opaque.attribute("x"), Status::Unsupported, "have its attributes read");
    refused(opaque.item(0), Status::Unsupported, "have its items read");
    assert!(opaque.capabilities().has(Capabilities::POINTER | Capabilities::HASH));
}

type Operation = fn(&Object) -> Result<()>;

/// Every operation with the bit that says whether it can be done.
const OPERATIONS: &[(Capabilities, Operation)] = &[
    (Capabilities::LIST_MEMBERS, |object| object.protocol().members(object.0).map(drop)),
    (Capabilities::LENGTH, |object| object.protocol().length(object.0).map(drop)),
    (Capabilities::CONTAIN, |object| {
        // SAFETY: a number.
        unsafe { object.protocol().contains(object.0, &1.into()) }.map(drop)
    }),
    (Capabilities::ITERATE, |object| {
        object.protocol().iterate(object.0, Iteration::Itself).map(Object).map(drop)
    }),
    (Capabilities::NEXT, |object| object.protocol().next(object.0, &mut []).map(drop)),
    (Capabilities::HASH, |object| object.protocol().hash(object.0).map(drop)),
    (Capabilities::ORDER, |object| object.compare(Comparison::Less, &object.value()).map(drop)),
    (Capabilities::BUFFER, |object| object.buffer(false).map(drop)),
    (Capabilities::WRITE_BUFFER, |object| object.buffer(true).map(drop)),
    (Capabilities::READ_ITEMS, |object| object.item(0).map(drop)),
    (Capabilities::READ_ATTRIBUTES, |object| object.attribute("x").map(drop)),
    (Capabilities::ENTER, |object| got(|to| object.protocol().enter(object.0, to)).map(drop)),
    (Capabilities::NEXT_ASYNC, |object| object.protocol().next_async(object.0).map(drop)),
    (Capabilities::CONSTRUCT, |object| {
        let none = CallArguments { values: &[], names: &[] };
        // SAFETY: nothing is given.
        got(|to| unsafe { object.protocol().construct(object.0, none, to) }).map(drop)
    }),
];

#[test]
fn a_bit_that_is_on_works_and_one_that_is_off_refuses() {
    let header = Header::new(
        "struct point { int x; }; typedef struct opaque opaque; typedef int (*code)(void);",
    );
    let point = header.value("struct point", &list(&[1.into()]));
    let pointer = header.zeroed("struct point *");
    write(&pointer, "", Object::of(&point).value()).unwrap();
    let array = Object::of(&header.zeroed("int[3]"));
    let iterator = Object(array.protocol().iterate(array.0, Iteration::Itself).unwrap());
    let r#type = Object(array.protocol().type_of(array.0).unwrap());
    let mut objects = vec![Object::of(&point), Object::of(&pointer), array, iterator, r#type];
    for spelling in ["int", "_Bool", "double", "long double", "__int128", "void *", "opaque *"] {
        objects.push(Object::of(&header.zeroed(spelling)));
    }
    for spelling in ["double _Complex", "code", "const int[2]", "struct point[2]", "char[4]"] {
        objects.push(Object::of(&header.zeroed(spelling)));
    }
    for object in &objects {
        let can = object.capabilities();
        for (bit, operation) in OPERATIONS {
            let unsupported =
                operation(object).is_err_and(|error| error.status() == Status::Unsupported);
            let about = object.text(TextKind::Debug);
            assert_eq!(unsupported, !can.has(*bit), "{about}: {bit}, of {can}");
        }
        // SAFETY: nothing is given.
        let called = object.call(&[], &[]).map(drop);
        let unsupported = called.is_err_and(|error| error.status() == Status::Unsupported);
        assert_eq!(unsupported, !can.has(Capabilities::CALL), "{}", object.text(TextKind::Debug));
    }
}
