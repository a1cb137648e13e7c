use std::mem::MaybeUninit;

use super::*;
use crate::backend::python::testing::api;
use crate::error::Status;
use crate::object::{self, InternedName};
use crate::python::lifecycle::gil;
use crate::python::object::{PyRef, to_handle};

#[test]
fn an_attribute_is_found_by_its_interned_name() {
    install();
    let gil = gil::enter(api()).unwrap();
    let module = PyRef::import(&gil, c"math").unwrap();
    let key = to_handle(&gil, &module).unwrap().addr();
    let mut to = MaybeUninit::uninit();
    let name = |text| {
        AttributeName::Interned(InternedName::of(InternedName::intern(text).unwrap()).unwrap())
    };
    let math = object::of(key).unwrap();
    math.get_attribute(key, name("pi"), &mut to).unwrap();
    // SAFETY: written, a float64.
    assert_eq!(unsafe { to.assume_init_ref().data.float64 }, std::f64::consts::PI);
    let absent = math.get_attribute(key, name("flor"), &mut to).unwrap_err();
    assert_eq!(absent.status(), Status::NotFound);
    assert!(absent.message().ends_with("(did you mean \"floor\"?)"), "{absent}");
    crate::handle::free(key, crate::handle::HandleKind::Object).unwrap();
}
