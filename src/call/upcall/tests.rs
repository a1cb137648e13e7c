use std::mem;
use std::sync::Mutex;
use std::thread;

use super::*;
use crate::handle::pin;

/// Adds its number to the first argument.
struct Adds(i64);

impl Handler for Adds {
    unsafe fn call(
        &self,
        _: &CallScope,
        arguments: impl IncomingArguments,
        result: *mut c_void,
    ) -> Result<()> {
        // SAFETY: the closures here take two integers, and return one.
        unsafe {
            let of = |index| arguments.get(index).cast::<i64>().read();
            result.cast::<i64>().write(of(0) + of(1) + self.0);
        }
        Ok(())
    }
}

/// Subtracts, in floats.
struct Subtracts(f64);

impl Handler for Subtracts {
    unsafe fn call(
        &self,
        _: &CallScope,
        arguments: impl IncomingArguments,
        result: *mut c_void,
    ) -> Result<()> {
        // SAFETY: the closures here take two floats, and return one.
        unsafe {
            let of = |index| arguments.get(index).cast::<f64>().read();
            result.cast::<f64>().write(of(0) - of(1) - self.0);
        }
        Ok(())
    }
}

fn adds(number: i64, sink: Option<ErrorSink>) -> Closure {
    let (word, convention) = (NativeType::I64, Convention::Default);
    let params = [word.clone(), word.clone()];
    let closure = Closure::new(&params, &word, convention, Arc::new(Adds(number))).unwrap();
    closure.set_sink(sink);
    closure
}

fn add(code: *const (), one: i64, other: i64) -> i64 {
    // SAFETY: of a closure that takes two integers.
    unsafe {
        let code = mem::transmute::<*const (), extern "C-unwind" fn(i64, i64) -> i64>(code);
        code(one, other)
    }
}

/// More than the library has entry points for.
const MANY: i64 = 3000;

#[test]
fn there_are_more_entry_points_where_the_librarys_are_used_up() {
    let closures: Vec<_> = (0..MANY).map(|number| adds(number, None)).collect();
    for (number, closure) in (0..MANY).zip(&closures) {
        assert_eq!(add(closure.code(), 1_000_000, 5), 1_000_005 + number);
    }
    let word = NativeType::F64;
    let params = [word.clone(), word.clone()];
    let convention = Convention::Default;
    let floats: Vec<_> = (0..MANY)
        .map(|number| {
            let subtracts = Arc::new(Subtracts(number as f64));
            Closure::new(&params, &word, convention, subtracts).unwrap()
        })
        .collect();
    for (number, closure) in (0..MANY).zip(&floats) {
        // SAFETY: of a closure that takes two floats.
        let difference = unsafe {
            let code = closure.code();
            let code = mem::transmute::<*const (), extern "C-unwind" fn(f64, f64) -> f64>(code);
            code(0.5, 0.25)
        };
        assert_eq!(difference, 0.25 - number as f64);
    }
    let mut codes: Vec<_> = closures.iter().chain(&floats).map(Closure::code).collect();
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 2 * MANY as usize);
    if cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        assert!(closures.iter().any(|closure| closure.0.origin() == SlotOrigin::Table));
    }
}

/// Copies the bytes of its last argument.
struct Copies(usize, Mutex<Vec<u64>>);

impl Handler for Copies {
    unsafe fn call(
        &self,
        _: &CallScope,
        arguments: impl IncomingArguments,
        _: *mut c_void,
    ) -> Result<()> {
        let mut copied = self.1.lock().unwrap();
        let bytes = copied.len() * 8;
        // SAFETY: the argument has so many bytes, and so has the copy.
        unsafe {
            let (from, to) = (arguments.get(self.0), copied.as_mut_ptr().cast::<u8>());
            to.copy_from_nonoverlapping(from.cast::<u8>(), bytes);
        }
        Ok(())
    }
}

/// Words of padding are no registers', but they are on the stack where the block is.
#[test]
#[cfg(all(target_arch = "x86_64", unix))]
fn what_follows_a_block_that_ends_in_padding_is_found() {
    #[repr(C, align(16))]
    struct Padded(i64);
    /// Adds the last argument.
    struct Last;
    impl Handler for Last {
        unsafe fn call(
            &self,
            _: &CallScope,
            arguments: impl IncomingArguments,
            result: *mut c_void,
        ) -> Result<()> {
            // SAFETY: the closure takes these, and returns an integer.
            unsafe {
                let of = |index| arguments.get(index).cast::<i64>().read();
                result.cast::<i64>().write(1000 * of(6) + of(7));
            }
            Ok(())
        }
    }
    type Code = extern "C-unwind" fn(i64, i64, i64, i64, i64, i64, Padded, i64) -> i64;
    let word = NativeType::I64;
    let mut params = vec![word.clone(); 8];
    params[6] = NativeType::Aggregate { size: 16, align: 16, elements: vec![word.clone()] };
    let closure = Closure::new(&params, &word, Convention::Default, Arc::new(Last)).unwrap();
    // SAFETY: the closure takes these arguments.
    let code = unsafe { mem::transmute::<*const (), Code>(closure.code()) };
    assert_eq!(code(1, 2, 3, 4, 5, 6, Padded(7), 8), 7008);
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[test]
fn blocks_that_arrive_in_one_piece_are_read_where_they_are() {
    #[repr(C)]
    #[derive(Clone, Copy)]
    struct Block<T, U, const MORE: usize>(T, U, [f64; MORE]);
    /// Calls a closure of some integers and a block of those elements, with that block.
    macro_rules! check {
        ($before:tt, $block:expr, $type:ty, $elements:expr, $is_in_pieces:expr) => {
            let elements: Vec<NativeType> = $elements.into();
            let size = size_of::<$type>();
            let mut params = vec![NativeType::I64; $before];
            params.push(NativeType::Aggregate { size, align: 8, elements });
            let copies = Arc::new(Copies($before, Mutex::new(vec![0; size / 8])));
            let convention = Convention::Default;
            let closure =
                Closure::new(&params, &NativeType::Void, convention, copies.clone()).unwrap();
            assert_eq!(closure.0.origin() == SlotOrigin::Libffi, $is_in_pieces, "{params:?}");
            let (block, code): ($type, _) = ($block, closure.code());
            // SAFETY: the closure takes these arguments.
            unsafe {
                check!(@call $before, code, block, $type);
                let expected = std::slice::from_raw_parts((&raw const block).cast::<u64>(), size / 8);
                assert_eq!(*copies.1.lock().unwrap(), *expected);
            }
        };
        (@call 0, $code:expr, $block:expr, $type:ty) => {
            mem::transmute::<*const (), extern "C-unwind" fn($type)>($code)($block)
        };
        (@call 5, $code:expr, $block:expr, $type:ty) => {{
            type Code = extern "C-unwind" fn(i64, i64, i64, i64, i64, $type);
            mem::transmute::<*const (), Code>($code)(1, 2, 3, 4, 5, $block)
        }};
    }
    let (word, real) = (NativeType::I64, NativeType::F64);
    let own = [word.clone(), word.clone()];
    check!(0, Block(7, 8, []), Block<i64, i64, 0>, own.clone(), false);
    check!(5, Block(7, 8, []), Block<i64, i64, 0>, own, false);
    let reals = [real.clone(), real.clone()];
    check!(5, Block(0.5, 1.5, []), Block<f64, f64, 0>, reals, false);
    let many = vec![real.clone(); 5];
    check!(5, Block(0.5, 1.5, [2.5, 3.5, 4.5]), Block<f64, f64, 3>, many, false);
    let mixed = [word.clone(), real.clone()];
    check!(0, Block(7, 0.5, []), Block<i64, f64, 0>, mixed.clone(), true);
    check!(5, Block(7, 0.5, []), Block<i64, f64, 0>, mixed, true);
}

#[test]
fn what_has_ended_says_so_until_many_others_have() {
    static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let sink = || Some(ErrorSink::new(|error| SAID.lock().unwrap().push(error.to_string())));
    let first = adds(1, sink());
    let code = first.code();
    assert_eq!(add(code, 1, 1), 3);
    drop(first);
    for _ in 0..KEPT / 2 {
        drop(adds(2, None));
    }
    assert_eq!(add(code, 1, 1), 0);
    let said = mem::take(&mut *SAID.lock().unwrap());
    assert!(said.len() == 1 && said[0].contains("whose callable was freed"), "{said:?}");
}

#[test]
fn who_has_the_place_now_is_not_told_of_a_call_that_came_before() {
    static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let sink = ErrorSink::new(|error| SAID.lock().unwrap().push(error.to_string()));
    let next = adds(1, Some(sink));
    let (mut arguments, mut result) = ([0_u64; 32], [7_u64; 2]);
    // What a call that found the closure before ended has still to do.
    // SAFETY: as the slot's code calls it.
    unsafe { slot::ended(next.0, arguments.as_mut_ptr(), result.as_mut_ptr()) };
    assert_eq!(result[0], 0);
    assert_eq!(*SAID.lock().unwrap(), [""; 0]);
}

#[test]
fn a_call_that_is_inside_when_its_closure_ends_runs_what_it_found() {
    struct Gives(i64);
    impl Handler for Gives {
        unsafe fn call(
            &self,
            _: &CallScope,
            _: impl IncomingArguments,
            result: *mut c_void,
        ) -> Result<()> {
            // SAFETY: the closure returns an integer.
            unsafe { result.cast::<i64>().write(self.0) };
            Ok(())
        }
    }
    let gives = Arc::new(Gives(0x0102_0304_0506_0708));
    let closure = Closure::new(&[], &NativeType::I64, Convention::Default, gives.clone()).unwrap();
    let scope = pin::enter();
    let inside = closure.0.pinned(&scope).unwrap();
    drop(closure);
    let (mut arguments, mut result) = ([0_u64; 32], 0);
    // SAFETY: it takes none, so none is looked at.
    unsafe { inside.call(arguments.as_mut_ptr(), &raw mut result) };
    assert_eq!(result, 0x0102_0304_0506_0708);
    assert_eq!(Arc::strong_count(&gives), 2);
    drop(scope);
    assert_eq!(Arc::strong_count(&gives), 1);
}

/// Calls that come while closures end and others get their places find each closure whole.
#[test]
fn a_call_finds_what_belongs_together() {
    let codes = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for thread in 0..3 {
            let codes = &codes;
            scope.spawn(move || {
                for round in 0..3000_i64 {
                    let silent = Some(ErrorSink::new(|_| ()));
                    let closure = adds(thread * 1000, silent);
                    let code = closure.code();
                    codes.lock().unwrap().push(code.expose_provenance());
                    assert_eq!(add(code, round, 2), round + 2 + thread * 1000);
                    let other = {
                        let mut codes = codes.lock().unwrap();
                        let index = (round as usize * 7919) % codes.len();
                        codes.swap_remove(index)
                    };
                    let sum = add(std::ptr::with_exposed_provenance(other), 0, 0);
                    assert!([0, 1000, 2000].contains(&sum), "{sum}");
                }
            });
        }
    });
}
