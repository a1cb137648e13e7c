//! What is called on a way of its own says and does the same as on the general one.

use std::ffi::c_void;
use std::ptr;

use super::callbacks::signature;
use super::*;
use crate::abi::{
    METAFFI_OK, METAFFI_STATUS_FOREIGN, METAFFI_STATUS_NOT_FOUND, METAFFI_STATUS_OUT_OF_RANGE,
    metaffi_error, metaffi_slot, metaffi_status,
};
use crate::call::{Callable, HostFunction, Plan, Userdata, by_frame};
use crate::handle::{HandleKind, Key};
use crate::python::lifecycle::gil;

/// Adds an integer and a real number, unless it is told to fail.
unsafe extern "C-unwind" fn add(
    calls: *mut c_void,
    frame: *mut metaffi_slot,
    _: *mut *mut metaffi_error,
) -> metaffi_status {
    // SAFETY: the test's counter; three arguments, and one back.
    unsafe {
        *calls.cast::<u32>() += 1;
        let sum = *frame as i64 as f64 + f64::from_bits(*frame.add(1));
        *frame.add(3) = sum.to_bits();
        if *frame.add(2) == 0 { METAFFI_OK } else { METAFFI_STATUS_OUT_OF_RANGE }
    }
}

#[test]
fn a_hosts_function_of_numbers_takes_what_any_does() {
    let (_directory, module) = sample("numbers");
    let params = [("whole", "int64"), ("real", "float64"), ("fails", "bool")];
    let signature = signature(&params, &["float64"]);
    let mut calls = 0u32;
    let userdata = Userdata::of_host((&raw mut calls).cast(), None);
    let plan = Plan::of(signature).unwrap();
    let host = HostFunction::new(add, userdata, &plan);
    let host = Lent::new(Arc::new(Function::planned(plan, host)));
    let of = |arguments: &str| {
        let path = EntityPath::new().with("eval", &format!("args[0]({arguments})"));
        let returns = types(&["float64"]);
        let entity = module.load_entity(&path, Some(&types(&["callable"])), Some(&returns));
        call(&entity.unwrap(), &[host.value()]).map(|returns| float(&returns[0]))
    };
    for quick in [false, true] {
        handle::get::<Callable>(host.0).unwrap().set_keeps_lock(quick);
        assert_eq!(of("1, 2.5, False").unwrap(), 3.5);
        assert_eq!(of("-2**62, 0.0, False").unwrap(), -(2f64.powi(62)));
        assert_eq!(of("1, 2, False").unwrap(), 3.0);
        let failed = of("1, 2.5, True").unwrap_err();
        assert!(failed.message().contains("status 6 (out of range)"), "{failed}");
        assert!(of("2**63, 2.5, False").unwrap_err().message().contains("does not fit int64"));
        assert!(of("1, 2.5").unwrap_err().message().contains("2 arguments given"));
    }
    assert_eq!(calls, 8);
}

/// Calls by frame as the C API does, with the GIL held.
fn attribute(getter: &Arc<Function>, object: Key) -> (metaffi_status, metaffi_slot) {
    let callable = handle::insert(Arc::new(Callable::new(getter.clone()))).unwrap();
    let gil = gil::enter(testing::api()).unwrap();
    let mut frame = [object as metaffi_slot, 0];
    let error = ptr::null_mut();
    // SAFETY: a frame of one handle and one scalar.
    let status = unsafe { by_frame::<Callable>(callable, frame.as_mut_ptr(), error) };
    drop(gil);
    handle::free(callable, HandleKind::Callable).unwrap();
    (status, frame[1])
}

#[test]
fn a_scalar_attribute_of_an_object_is_read_by_frame() {
    let (_directory, module) = sample("by_frame");
    let source = "type('Some', (), {'small': 7, 'large': -2**40, 'real': 1.5})()";
    let path = EntityPath::new().with("eval", source);
    let made = module.load_entity(&path, Some(&[]), Some(&types(&["handle"]))).unwrap();
    let some = one(&made, &[]);
    // SAFETY: a handle.
    let key = unsafe { some.data.object }.addr();
    let get = |name: &str, r#type: &str| {
        let path = format!("attribute=Account.{name},instance_required,getter");
        attribute(&typed(&module, &path, &["handle"], &[r#type]), key)
    };
    assert_eq!(get("small", "int64"), (METAFFI_OK, 7));
    assert_eq!(get("small", "uint8"), (METAFFI_OK, 7));
    assert_eq!(get("large", "int64"), (METAFFI_OK, (-(1i64 << 40)).cast_unsigned()));
    assert_eq!(get("real", "float64"), (METAFFI_OK, 1.5f64.to_bits()));
    assert_ne!(get("real", "int64").0, METAFFI_OK);
    assert_eq!(get("missing", "int64").0, METAFFI_STATUS_NOT_FOUND);
    let getter =
        typed(&module, "attribute=Account.small,instance_required,getter", &["handle"], &["int64"]);
    // NULL is None.
    assert_eq!(attribute(&getter, 0).0, METAFFI_STATUS_NOT_FOUND);
}

/// What an expression is, as a handle.
fn made(source: &str) -> OwnedValue {
    let path = EntityPath::new().with("eval", source);
    one(&module("builtins").load_entity(&path, Some(&[]), Some(&types(&["handle"]))).unwrap(), &[])
}

#[test]
fn the_next_of_an_iterator_is_what_the_function_of_that_name_gives() {
    let builtins = module("builtins");
    let next = typed(&builtins, "callable=next", &["handle"], &["int64"]);
    let key = |made: &OwnedValue| {
        // SAFETY: a handle.
        unsafe { made.data.object }.addr()
    };
    for source in
        ["iter([7, 2**40])", "(number for number in (7, 2**40))", "iter({7: 0, 2**40: 1})"]
    {
        let iterator = made(source);
        assert_eq!(attribute(&next, key(&iterator)), (METAFFI_OK, 7), "{source}");
        assert_eq!(int(&one(&next, &[*iterator])), 1 << 40, "{source}");
        assert_eq!(attribute(&next, key(&iterator)).0, METAFFI_STATUS_FOREIGN, "{source}");
        let ended = failure(&next, &[*iterator]);
        assert!(ended.message().contains("StopIteration"), "{source}: {ended}");
    }
    let own = "type('Own', (), {'__next__': lambda own: {}[own.__class__.__name__]})()";
    let raised = failure(&next, &[*made(own)]);
    assert!(raised.message().contains("'Own'"), "{raised}");
    let no_iterator = made("[1]");
    assert_eq!(attribute(&next, key(&no_iterator)).0, METAFFI_STATUS_FOREIGN);
    let refused = failure(&next, &[*no_iterator]);
    assert!(refused.message().contains("'list' object is not an iterator"), "{refused}");
    // With what is given at the end, and with another type of argument, it is the function itself.
    let or_else = typed(&builtins, "callable=next", &["handle", "int64"], &["int64"]);
    assert_eq!(int(&one(&or_else, &[*made("iter(())"), int64(5)])), 5);
}
