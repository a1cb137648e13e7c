//! What a host's callable is in Python, and how long each keeps the other.

use std::sync::atomic::Ordering;

use super::super::testing;
use super::callbacks::{host, signature};
use super::*;
use crate::abi::metaffi_slot;
use crate::call::{Callable, Callee};
use crate::handle::pin::CallScope;
use crate::python::lifecycle::gil;
use crate::signature::{Signature, TypeInfo};

/// What Python says of the callable; `args[0]` is it.
fn shown(module: &Module, expression: &str, host: &Lent) -> String {
    let path = EntityPath::new().with("eval", expression);
    let entity = module.load_entity(&path, Some(&types(&["callable"])), Some(&types(&["string8"])));
    text(&one(&entity.unwrap(), &[host.value()]))
}

#[test]
fn a_callable_has_one_object_as_long_as_it_lives() {
    let (_directory, module) = sample("same");
    let (host, drops) = host();
    let first = shown(&module, "str(id(args[0]))", &host);
    let others: Vec<_> = (0..3).map(|_| Lent::new(host_of(&host))).collect();
    assert_eq!(shown(&module, "str(id(args[0]))", &host), first);
    assert!(others.iter().all(|other| shown(&module, "str(id(args[0]))", other) != first));
    let clone = Lent(handle::clone(host.0, handle::HandleKind::Callable).unwrap());
    drop(host);
    assert_eq!(shown(&module, "str(id(args[0]))", &clone), first);
    drop((clone, others));
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

fn host_of(host: &Lent) -> Arc<Function> {
    handle::get::<Callable>(host.0).unwrap().function().clone()
}

#[test]
fn what_python_keeps_and_gives_up_is_lent_again() {
    let (_directory, module) = sample("again");
    let (host, drops) = host();
    let keep = inferred(&module, "callable=keep");
    let apply = typed(&module, "callable=apply", &["callable", "int64"], &["int64"]);
    let clear = inferred(&module, "exec=kept.clear()");
    for round in 0..3 {
        assert_eq!(int(&one(&apply, &[host.value(), int64(round)])), 100 + round);
        call(&keep, &[host.value()]).unwrap();
        call(&keep, &[host.value()]).unwrap();
        assert_eq!(int(&one(&apply, &[host.value(), int64(round)])), 100 + round);
        call(&clear, &[]).unwrap();
        assert_eq!(int(&one(&apply, &[host.value(), int64(round)])), 100 + round);
    }
    call(&keep, &[host.value()]).unwrap();
    drop(host);
    assert_eq!(drops.load(Ordering::SeqCst), 0);
    call(&clear, &[]).unwrap();
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

#[test]
fn a_callable_freed_during_its_call_lives_until_python_gives_it_up() {
    let (_directory, module) = sample("freed");
    let (host, drops) = host();
    // Known to Python before, so that the call only lends it.
    let apply = typed(&module, "callable=apply", &["callable", "int64"], &["int64"]);
    assert_eq!(int(&one(&apply, &[host.value(), int64(1)])), 101);
    let (value, key) = (host.value(), host.0);
    std::mem::forget(host);
    let freer = freer(key);
    let path = EntityPath::new().with("eval", "(args[1](), keep(args[0]), args[0](5))[2]");
    let types_of = types(&["callable", "callable"]);
    let entity = module.load_entity(&path, Some(&types_of), Some(&types(&["int64"]))).unwrap();
    assert_eq!(int(&one(&entity, &[value, freer.value()])), 105);
    assert!(handle::get::<Callable>(key).is_err());
    assert_eq!(drops.load(Ordering::SeqCst), 0);
    let call_kept = typed(&module, "callable=call_kept", &["int64"], &["int64"]);
    assert_eq!(int(&one(&call_kept, &[int64(2)])), 102);
    call(&inferred(&module, "exec=kept.clear()"), &[]).unwrap();
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

/// Frees the callable of a key.
fn freer(key: handle::Key) -> Lent {
    struct Free(handle::Key);
    impl Callee for Free {
        unsafe fn call(&self, _: &CallScope, _: *mut metaffi_slot) -> Result<()> {
            handle::free(self.0, handle::HandleKind::Callable)
        }
    }
    Lent::new(Arc::new(Function::new(signature(&[], &[]), Free(key)).unwrap()))
}

#[test]
fn the_garbage_collector_shows_nobody_what_a_callable_keeps() {
    let (_directory, module) = sample("untracked");
    let (host, _) = host();
    let is_tracked = "str(__import__('gc').is_tracked(args[0]))";
    assert_eq!(shown(&module, is_tracked, &host), "False");
    assert_eq!(shown(&module, is_tracked, &host), "False");
}

#[test]
fn an_alias_of_the_hosts_language_means_nothing_to_python() {
    struct Same;
    impl Callee for Same {
        unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
            // SAFETY: one integer, and one back.
            unsafe { *frame.add(1) = *frame };
            Ok(())
        }
    }
    let (_directory, module) = sample("c_types");
    let named =
        |alias: &str| TypeInfo { alias: Some(alias.into()), ..types(&["int64"])[0].clone() };
    let host = |alias| {
        let signature = Signature {
            params: vec![named(alias).into()],
            returns: vec![named(alias)],
            variadic: false,
        };
        Lent::new(Arc::new(Function::new(signature, Same).unwrap()))
    };
    for (alias, shows) in [
        ("int64_t", "int 5"),
        ("struct stat", "int 5"),
        ("no.such.Type", "int 5"),
        ("Decimal", "Decimal 5"),
    ] {
        let of = "(lambda back: f'{type(back).__name__} {back}')";
        // Not an int, so that more is asked of the alias than the fast conversion does.
        let index = "type('Five', (), {'__index__': lambda self: 5})()";
        assert_eq!(
            shown(&module, &format!("{of}(args[0]({index}))"), &host(alias)),
            shows,
            "{alias}"
        );
        assert_eq!(shown(&module, &format!("{of}(args[0](5))"), &host(alias)), shows, "{alias}");
    }
}

#[test]
fn threads_that_pass_the_same_callable_do_not_lose_it() {
    let (_directory, module) = sample("crowd");
    let (host, drops) = host();
    let keep = inferred(&module, "callable=keep");
    let clear = inferred(&module, "exec=kept.clear()");
    let apply = typed(&module, "callable=apply", &["callable", "int64"], &["int64"]);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (host, apply, keep, clear) = (&host, &apply, &keep, &clear);
            scope.spawn(move || {
                for round in 20..220 {
                    let sum = int(&one(apply, &[host.value(), int64(round)]));
                    assert_eq!(sum, 100 + round);
                    match (round + thread) % 5 {
                        0 => drop(call(keep, &[host.value()]).unwrap()),
                        3 => drop(call(clear, &[]).unwrap()),
                        _ => {}
                    }
                }
            });
        }
    });
    call(&clear, &[]).unwrap();
    drop(host);
    testing::settle(&gil::enter(testing::api()).unwrap());
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

#[test]
fn the_gil_is_held_in_a_quick_callable_and_released_in_others() {
    struct Asks;
    impl Callee for Asks {
        unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
            // SAFETY: one return.
            unsafe { *frame = crate::python::lifecycle::gil::is_held(testing::api()).into() };
            Ok(())
        }
    }
    let (_directory, module) = sample("quick");
    let asks = Function::new(signature(&[], &["bool"]), Asks).unwrap();
    let host = Lent::new(Arc::new(asks));
    assert_eq!(shown(&module, "str(args[0]())", &host), "False");
    handle::get::<Callable>(host.0).unwrap().set_keeps_lock(true);
    assert_eq!(shown(&module, "str(args[0]())", &host), "True");
}

#[test]
fn a_callable_has_the_name_that_it_was_given() {
    let (_directory, module) = sample("named");
    let (host, _) = host();
    let callable = handle::get::<Callable>(host.0).unwrap();
    callable.set_name(c"add_hundred".to_owned()).unwrap();
    assert_eq!(shown(&module, "args[0].__name__", &host), "add_hundred");
    let looks = "<metaffi.callable add_hundred(value: int64) -> (int64)>";
    assert_eq!(shown(&module, "repr(args[0])", &host), looks);
    let error = callable.set_name(c"other".to_owned()).unwrap_err();
    assert!(error.message().contains("add_hundred"), "{error}");
}
