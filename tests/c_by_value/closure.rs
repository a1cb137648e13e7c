//! Calls that the C compiler's functions make through closures.

use std::ffi::c_void;
use std::sync::{Arc, Mutex};

use metaffi::backend::c::types::{Convention, Types};
use metaffi::call::plan::native_type::NativeType;
use metaffi::call::upcall::{Closure, ErrorSink, Handler, IncomingArguments};
use metaffi::error::Status;
use metaffi::handle::pin::CallScope;

use crate::bridge::{Bridge, Way};
use crate::natives::Natives;
use crate::subject::Slot;

/// Keeps the bytes of its arguments, and returns one of them.
struct Echo {
    sizes: Vec<usize>,
    aligns: Vec<usize>,
    returned: usize,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Handler for Echo {
    unsafe fn call(
        &self,
        _: &CallScope,
        arguments: impl IncomingArguments,
        result: *mut c_void,
    ) -> metaffi::error::Result<()> {
        let mut seen = self.seen.lock().unwrap();
        seen.clear();
        for (index, size) in self.sizes.iter().enumerate() {
            // SAFETY: the closure has so many arguments, of these sizes.
            let argument: &[u8] =
                unsafe { std::slice::from_raw_parts(arguments.get(index).cast(), *size) };
            if *size > 0 {
                let align = self.aligns[index];
                assert!(argument.as_ptr().addr().is_multiple_of(align), "{index} {size} {align}");
            }
            seen.push(argument.to_vec());
        }
        let value = &seen[self.returned];
        // SAFETY: the result has room for a value of the type, and for eight bytes.
        unsafe {
            let mut word = [0; 8];
            if value.len() < 8 {
                word[..value.len()].copy_from_slice(value);
                result.cast::<[u8; 8]>().write_unaligned(word);
            } else {
                result.cast::<u8>().copy_from_nonoverlapping(value.as_ptr(), value.len());
            }
        }
        Ok(())
    }
}

impl Bridge<'_> {
    /// Lets the function call a closure, which gives back the argument `returned`; the bytes of its
    /// arguments. `None` if a closure cannot return the type.
    fn back(
        &self,
        function: &str,
        parameters: &[(NativeType, usize)],
        returned: (&NativeType, usize),
        inputs: &[&[u8]],
        out: &mut Slot,
    ) -> Option<Vec<Vec<u8>>> {
        let name = format!("{}_{function}", self.prefix);
        let seen = Arc::new(Mutex::new(vec![]));
        let echo = Echo {
            sizes: parameters.iter().map(|(native, _)| native.size()).collect(),
            aligns: parameters.iter().map(|(_, align)| *align).collect(),
            returned: returned.1,
            seen: seen.clone(),
        };
        let natives: Vec<_> = parameters.iter().map(|(native, _)| native.clone()).collect();
        let closure = match Closure::new(&natives, returned.0, self.convention, Arc::new(echo)) {
            Ok(closure) => closure,
            Err(error) => {
                assert_eq!(error.status(), Status::Unsupported, "{name}: {error}");
                assert!(matches!(self.convention, Convention::Default), "{name}: {error}");
                return None;
            }
        };
        closure.set_sink(Some(ErrorSink::new(|error| panic!("{error}"))));
        let mut bytes: Vec<_> = inputs.iter().map(|input| Slot::of(input)).collect();
        let mut arguments = vec![closure.code().addr()];
        arguments.extend(bytes.iter_mut().map(|slot| slot.address().expose_provenance()));
        arguments.push(out.address().expose_provenance());
        let mut arguments: Vec<_> =
            arguments.iter().map(|word| Slot::of(&word.to_ne_bytes())).collect();
        let pointers = vec![NativeType::Pointer; arguments.len()];
        let plain = Bridge { convention: Convention::Default, way: Way::Pointers, ..*self };
        plain.call(function, &pointers, &NativeType::Void, &mut arguments);
        let seen = seen.lock().unwrap().clone();
        Some(seen)
    }

    /// Whether closures get what C gives.
    pub(crate) fn check_back(
        &self,
        types: &Types,
        n: usize,
        own: &Natives,
        other: &Natives,
    ) -> bool {
        use NativeType::{F64, I8, I64};
        // A scalar may have a typedef's alignment, which is more than reading it needs.
        let align = |id| types.align(id).unwrap().min(types.size(id).unwrap().max(1));
        let subject = own.subject;
        let (Some(parameter), Some(again)) = (&own.parameter, &other.parameter) else {
            return false;
        };
        let value = (parameter.clone(), align(subject.id));
        let mut out = Slot::zero();
        let inputs = [&subject.value[..]];
        let what = |what| format!("{} {what}", self.prefix);
        let returned = &own.returned;
        let name = format!("back_{n}");
        let Some(seen) =
            self.back(&name, std::slice::from_ref(&value), (returned, 0), &inputs, &mut out)
        else {
            return false;
        };
        subject.check(&seen[0], &what("closure's argument"));
        subject.check(&out.0, &what("closure's return"));

        let (long, real) = ((I64, 8), (F64, 8));
        let mut parameters = vec![long.clone(), real.clone(), long.clone(), real.clone()];
        parameters.extend([long.clone(), real.clone(), value.clone(), long.clone()]);
        parameters.extend([(again.clone(), align(other.subject.id)), real]);
        let late = [&subject.value[..], &other.subject.value];
        let name = format!("behind_{n}");
        let seen = self.back(&name, &parameters, (returned, 6), &late, &mut out).unwrap();
        subject.check(&seen[6], &what("closure's late argument"));
        other.subject.check(&seen[8], &what("closure's second late argument"));
        subject.check(&out.0, &what("closure's return of a late argument"));
        let around: Vec<_> = [0, 1, 2, 3, 4, 5, 7, 9].map(|at| &seen[at][..]).concat();
        let integer = |value: i64| value.to_ne_bytes();
        let expected = [
            integer(-1),
            0.5_f64.to_ne_bytes(),
            integer(2),
            (-1.5_f64).to_ne_bytes(),
            integer(-3),
            2.5_f64.to_ne_bytes(),
            integer(4),
            (-3.5_f64).to_ne_bytes(),
        ];
        assert_eq!(around, expected.concat(), "around a late {}", subject.spelling);

        let mut parameters = vec![long.clone(); 6];
        parameters.extend(vec![(F64, 8); 8]);
        parameters.extend([(I8, 1), value.clone(), (I8, 1), value, long]);
        let name = format!("brim_{n}");
        let seen = self.back(&name, &parameters, (returned, 17), &inputs, &mut out).unwrap();
        subject.check(&seen[15], &what("closure's stack argument"));
        subject.check(&seen[17], &what("closure's second stack argument"));
        subject.check(&out.0, &what("closure's return of a stack argument"));
        let around = (seen[14][0], seen[16][0], &seen[18][..]);
        assert_eq!(around, (14, 15, &integer(16)[..]), "around a full {}", subject.spelling);
        true
    }
}
