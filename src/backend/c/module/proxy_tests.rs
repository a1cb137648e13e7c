use super::*;
use crate::backend::c::testing::{address, integers, list};
use crate::backend::{self, LayoutKind, Module as _, proxy};
use crate::call::Passing;
use crate::error::Status;
use crate::value::array::OwnedArray;
use crate::value::string8;

const TYPES: &str = "
    struct point { int x; short y; };
    struct shape {
        char name[8];
        struct point corners[2];
        struct point *center;
        const char *label;
        double *weights;
        unsigned bits : 3;
        int (*twice)(int);
        const int id;
    };";

fn module() -> impl backend::Module {
    let module = crate::backend::c::Module::load("", &Default::default()).unwrap();
    module.declare(TYPES).unwrap();
    module
}

/// A new object as hosts see it, and its key.
fn object(
    module: &impl backend::Module,
    r#type: &str,
    initial: Option<&metaffi_value>,
) -> (Box<dyn Proxy>, Key) {
    // SAFETY: the tests' values are what their types say.
    let key = unsafe { module.new_object(r#type, initial) }.unwrap();
    (proxy::of(key).unwrap().unwrap(), key)
}

/// What the value at a path is called.
fn show(object: &dyn Proxy, path: &str) -> String {
    // SAFETY: the tests' pointers point to what they say.
    unsafe { value::describe(&object.get(path).unwrap()) }
}

fn set(object: &dyn Proxy, path: &str, value: &metaffi_value) -> Result<()> {
    // SAFETY: as above.
    unsafe { object.set(path, value, None) }
}

fn part(object: &dyn Proxy, path: &str) -> Box<dyn Proxy> {
    // SAFETY: as above; what is read is a handle.
    unsafe {
        let value = object.get(path).unwrap();
        proxy::of(value.data.object.addr()).unwrap().unwrap()
    }
}

fn text(object: &dyn Proxy) -> String {
    // SAFETY: the tests' text ends with a NUL.
    let value = unsafe { object.text() }.unwrap();
    // SAFETY: a live value.
    unsafe { value::describe(&value) }
}

#[test]
fn an_object_is_found_by_its_handle_and_used_by_path() {
    let module = module();
    let (shape, key) = object(&module, "struct shape", None);
    set(&*shape, "corners[1].x", &7.into()).unwrap();
    set(&*shape, "bits", &5.into()).unwrap();
    set(&*shape, "name", &string8("box").unwrap()).unwrap();
    assert_eq!(show(&*shape, "corners[1].x"), "int32 7");
    assert_eq!(show(&*shape, "bits"), "uint32 5");
    assert_eq!(text(&*part(&*shape, "name")), "string8 \"box\"");
    assert!(set(&*shape, "id", &1.into()).unwrap_err().message().contains("const"));
    let corners = part(&*shape, "corners");
    assert_eq!(corners.length(), Some(2));
    assert_eq!(corners.address().unwrap(), shape.address().unwrap() + 8);
    // SAFETY: a live object.
    let names = unsafe { (shape.part("", "id"), shape.part("center", "x")) };
    assert_eq!((names.0.unwrap(), names.1.unwrap()), ("id".into(), "center->x".into()));
    handle::free(key, handle::HandleKind::Object).unwrap();
    assert!(proxy::of(key).is_err());
    assert_eq!(show(&*corners, "[1].x"), "int32 7");
}

#[test]
fn lent_memory_stays_until_it_is_given_back() {
    let module = module();
    let (point, key) = object(&module, "struct point", None);
    let data = handle::get::<CData>(key).unwrap();
    let borrowed = point.borrow_memory().unwrap();
    assert_eq!((borrowed.address().cast(), borrowed.size()), (address(&data), Some(8)));
    assert!(data.release().is_err());
    // SAFETY: borrowed, and an int is there.
    unsafe { borrowed.address().cast::<i32>().write(3) };
    assert_eq!(show(&*point, "x"), "int32 3");
    drop(borrowed);
    data.release().unwrap();
    assert_eq!(point.borrow_memory().err().unwrap().status(), Status::InvalidHandle);
}

#[test]
fn what_a_pointer_is_made_to_point_to_lives_as_long_as_the_pointer() {
    let module = module();
    let (shape, _) = object(&module, "struct shape", None);
    let (point, key) = object(&module, "struct point", Some(&list(&[1.into(), 2.into()])));
    let data = handle::get::<CData>(key).unwrap().watch();
    let given = value::object(std::ptr::without_provenance_mut(key));
    set(&*shape, "center", &given).unwrap();
    set(&*shape, "label", &string8("made").unwrap()).unwrap();
    set(&*shape, "weights", &integers(&[1, 2])).unwrap();
    drop(point);
    handle::free(key, handle::HandleKind::Object).unwrap();
    assert_eq!(show(&*shape, "center->y"), "int16 2");
    assert_eq!(text(&*part(&*shape, "label")), "string8 \"made\"");
    assert_eq!(show(&*shape, "weights[1]"), "float64 2.0");
    // The end of an array that the object keeps is known.
    // SAFETY: nothing is read outside of it.
    assert_eq!(unsafe { shape.get("weights[2]") }.unwrap_err().status(), Status::OutOfRange);
    let center = part(&*shape, "center");
    set(&*shape, "center", &value::null()).unwrap();
    assert_eq!(show(&*center, "->x"), "int32 1");
    drop(center);
    assert!(data.upgrade().is_none());
}

#[test]
fn bytes_are_what_characters_are() {
    let module = module();
    let bytes = |bytes: &[u8]| {
        let array = OwnedArray::new(Kind::Uint8.into(), &[bytes.len()]).unwrap();
        // SAFETY: the array has so many bytes.
        unsafe { array.view().data().copy_from(bytes.as_ptr(), bytes.len()) };
        array.into_value()
    };
    let (array, _) = object(&module, "char[4]", Some(&bytes(&[0xff, 1])));
    let borrowed = array.borrow_memory().unwrap();
    // SAFETY: four bytes are borrowed.
    assert_eq!(unsafe { borrowed.address().cast::<[u8; 4]>().read() }, [0xff, 1, 0, 0]);
    let (pointer, _) = object(&module, "char *", None);
    set(&*pointer, "", &bytes(b"ab")).unwrap();
    assert_eq!(text(&*pointer), "string8 \"ab\"");
    // SAFETY: the pointer keeps two bytes and a NUL.
    let target = unsafe { pointer.borrow_target() }.unwrap();
    assert_eq!(target.size(), Some(3));
}

#[test]
fn types_are_made_measured_and_cast_as_they_are_spelled() {
    let module = module();
    assert_eq!(module.size_of("struct shape *[3]").unwrap(), 24);
    assert!(module.size_of("struct later").is_err());
    assert_eq!(module.size_of("struct point +").unwrap_err().status(), Status::Syntax);
    let (open, key) = object(&module, "struct point[]", Some(&3_i64.into()));
    assert_eq!(open.length(), Some(3));
    let bytes = module.cast_object(key, "unsigned char[24]").unwrap();
    assert_eq!(proxy::of(bytes).unwrap().unwrap().length(), Some(24));
    let layout = open.layout().unwrap();
    assert!(matches!(layout.kind, LayoutKind::Array { length: Some(3), .. }));
}

#[test]
fn a_function_takes_the_address_of_what_it_points_to_alone() {
    let module = crate::backend::c::Module::load("libc.so.6", &Default::default()).unwrap();
    module.declare("struct tm { int tm_sec; int rest[13]; }; struct other { int x; };").unwrap();
    module.declare("long timegm(struct tm *tm); int abs(int number);").unwrap();
    let load = |path: &str| {
        let path = crate::entity_path::EntityPath::parse(path).unwrap();
        module.load_entity(&path, None, None).unwrap()
    };
    let timegm = load("callable=timegm");
    let Passing::Address { target: Some(target), .. } = timegm.callee().passing(0) else {
        panic!("no address")
    };
    let takes = |r#type: &str| target.takes(object(&module, r#type, None).1);
    assert!(takes("struct tm") && takes("struct tm *") && takes("struct tm[2]"));
    assert!(!takes("struct other") && !takes("int") && !takes("struct other *"));
    assert!(matches!(load("callable=abs").callee().passing(0), Passing::Slots));
}
