use std::thread;

use super::*;

#[test]
fn eight_threads_call_at_once() {
    let (_directory, module) = sample("threads");
    let add = inferred(&module, "callable=add");
    let greet = inferred(&module, "callable=greet");
    let construct = inferred(&module, "callable=Account");
    let deposit = inferred(&module, "callable=Account.deposit,instance_required");
    thread::scope(|scope| {
        for number in 0..8 {
            let (add, greet, construct, deposit) = (&add, &greet, &construct, &deposit);
            scope.spawn(move || {
                let name = format!("thread {number}");
                let account = one(construct, &[string(&name), int64(number)]);
                for round in 0..500 {
                    assert_eq!(int(&one(add, &[int64(number), int64(round)])), number + round);
                    let balance = int(&one(deposit, &[object(&account), int64(1)]));
                    assert_eq!(balance, number + round + 1);
                }
                assert_eq!(text(&one(greet, &[string(&name)])), format!("hello, {name}"));
            });
        }
    });
}

#[test]
fn threads_that_wait_for_the_host_do_not_hold_the_others() {
    use std::sync::Barrier;

    use crate::abi::metaffi_slot;
    use crate::call::Callee;
    use crate::handle::pin::CallScope;
    use crate::signature::{Kind, Parameter, Signature};

    /// Waits until every thread has come: which they do only if none holds the GIL meanwhile.
    struct Meet(Arc<Barrier>);

    impl Callee for Meet {
        unsafe fn call(&self, _: &CallScope, frame: *mut metaffi_slot) -> Result<()> {
            self.0.wait();
            // SAFETY: one integer, and one back.
            unsafe { *frame.add(1) = *frame };
            Ok(())
        }
    }

    let (_directory, module) = sample("waiting");
    let apply = typed(&module, "callable=apply", &["callable", "int64"], &["int64"]);
    let signature = Signature {
        params: vec![Parameter::from(Kind::Int64)],
        returns: vec![Kind::Int64.into()],
        variadic: false,
    };
    let meet = Meet(Arc::new(Barrier::new(4)));
    let meet = Lent::new(Arc::new(Function::new(signature, meet).unwrap()));
    thread::scope(|scope| {
        for number in 0..4 {
            let (apply, meet) = (&apply, &meet);
            scope.spawn(move || {
                assert_eq!(int(&one(apply, &[meet.value(), int64(number)])), number);
            });
        }
    });
}
