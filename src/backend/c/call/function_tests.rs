use super::super::binding::imported;
use super::*;
use crate::backend::c::data::cdata::CData;
use crate::backend::c::testing::{Guest, Header, address, integer, object};
use crate::handle;

const TEXT: &str = "
    #include <stdarg.h>
    struct pair { long a, b; };
    struct big { long v[5]; };
    long sum(int n, ...) {
        va_list list; va_start(list, n);
        struct pair pair = va_arg(list, struct pair);
        long double real = va_arg(list, long double);
        struct big big = va_arg(list, struct big);
        __int128 wide = va_arg(list, __int128);
        long *last = va_arg(list, long *);
        va_end(list);
        return pair.a + pair.b + (long)real + big.v[4] + (long)(wide >> 64) + *last;
    }";

#[test]
fn objects_behind_the_dots_are_passed_by_value() {
    let guest = Guest::new(TEXT);
    let header =
        Header::new("struct pair { long a, b; }; struct big { long v[5]; }; long sum(int n, ...);");
    let values = ["struct pair", "long double", "struct big", "__int128", "long"];
    let values = values.map(|text| header.zeroed(text));
    // SAFETY: the objects have these types.
    unsafe {
        address(&values[0]).cast::<[i64; 2]>().write([1, 2]);
        address(&values[1]).cast::<[u64; 2]>().write([0x8000_0000_0000_0000, 0x3fff + 5]);
        address(&values[2]).cast::<[i64; 5]>().write([0, 0, 0, 0, 400]);
        address(&values[3]).cast::<[i64; 2]>().write([7, 5000]);
        address(&values[4]).cast::<i64>().write(60_000);
    }
    assert_eq!(integer(&values[4], ""), 60_000);
    let handle = header.function("sum");
    let function = imported(handle.types(), handle.id(), guest.symbol("sum"), None).unwrap();
    let function = function.callee().with_variadic(&[Kind::Handle.into(); 5]).unwrap();
    let objects = values.each_ref().map(object);
    for _ in 0..3 {
        let mut frame = [0; 7];
        for (slot, object) in frame[1..6].iter_mut().zip(&objects) {
            // SAFETY: the value is a handle.
            *slot = unsafe { object.data.object }.addr() as u64;
        }
        // SAFETY: the frame has the arguments and room for the result.
        handle::using(|scope| unsafe { function.call(scope, frame.as_mut_ptr()) }).unwrap();
        assert_eq!(frame[6], 3 + 32 + 400 + 5000 + 60_000);
    }
}

#[test]
fn an_object_aligned_more_strictly_than_the_stack_is_refused_behind_the_dots() {
    let header = Header::new(
        "struct __attribute__((aligned(32))) w { double v[4]; };
                              int f(int n, ...);",
    );
    let handle = header.function("f");
    let function = imported(handle.types(), handle.id(), libc::printf as *const (), None).unwrap();
    let types = [Kind::Handle.into()];
    let function = function.callee().with_variadic(&types).unwrap();
    let wide = object(&header.zeroed("struct w"));
    // SAFETY: the value is a handle; the call is refused before it is made.
    let outcome = unsafe {
        let mut frame = [0, wide.data.object.addr() as u64, 0];
        handle::using(|scope| function.call(scope, frame.as_mut_ptr()))
    };
    let error = outcome.unwrap_err();
    assert!(error.message().contains("aligned more strictly"), "{error}");
}

#[test]
fn objects_that_are_used_again_for_results_are_new_ones_and_leave_errno_as_it_was() {
    let guest = Guest::new(
        "#include <errno.h>
         struct pair { long a; double b; }; struct odd { char c[21]; };
         struct pair pair(long a, double b) { errno = a; return (struct pair){a, b}; }
         struct odd odd(long a) { struct odd odd = {{0}}; odd.c[20] = a; errno = a; return odd; }",
    );
    let header = Header::new(
        "struct pair { long a; double b; }; struct odd { char c[21]; };
         struct pair pair(long a, double b); struct odd odd(long a);",
    );
    let function = |name| {
        let handle = header.function(name);
        imported(handle.types(), handle.id(), guest.symbol(name), None).unwrap()
    };
    let [pair, odd] = ["pair", "odd"].map(function);
    let call = |function: &Function, frame: &mut [metaffi_slot]| {
        // SAFETY: the frame has the arguments and room for the result.
        handle::using(|scope| unsafe { function.call(scope, frame.as_mut_ptr()) }).unwrap();
        let key = frame[frame.len() - 1] as usize;
        (key, errno::get())
    };
    let bytes = |key: usize| {
        handle::using(|scope| {
            let memory = scope.get::<CData>(key).unwrap().memory(scope).unwrap();
            // SAFETY: so many bytes are there.
            let bytes = unsafe { std::slice::from_raw_parts(memory.address(), memory.size()) };
            bytes.to_vec()
        })
    };
    let mut before = Vec::new();
    for number in 1..6_u8 {
        let slot = u64::from(number);
        let mut frame = [slot, f64::from(number).to_bits(), 0];
        let (first, seen) = call(&pair, &mut frame);
        assert_eq!((frame[0], seen), (slot, i32::from(number)));
        let expected = [slot.to_ne_bytes(), f64::from(number).to_ne_bytes()].concat();
        assert_eq!(bytes(first), expected);
        let (second, seen) = call(&odd, &mut [slot, 0]);
        assert_eq!((bytes(second)[20], seen), (number, i32::from(number)));
        for key in [first, second] {
            assert!(!before.contains(&key));
            before.push(key);
            handle::free(key, handle::HandleKind::Object).unwrap();
        }
        assert!(before.iter().all(|key| handle::get::<CData>(*key).is_err()));
    }
}

#[cfg(target_arch = "x86_64")]
#[test]
fn a_result_in_memory_is_aligned_as_its_type_is() {
    let guest = Guest::new(
        "void *seen; void *sysv(void *place) { return seen = place; }
         __attribute__((ms_abi)) void *ms(void *place) { return seen = place; }",
    );
    let mut text = String::new();
    for (size, align) in [(32, 16), (48, 16), (64, 16), (64, 64), (96, 32), (512, 16)] {
        let name = format!("s{size}_{align}");
        text += &format!(
            "struct {name} {{ char c[{size}]; }} __attribute__((aligned({align})));
             struct {name} sysv_{name}(void);
             __attribute__((ms_abi)) struct {name} ms_{name}(void);"
        );
    }
    let header = Header::new(&text);
    let seen = guest.symbol("seen").cast::<usize>();
    for (size, align) in [(32, 16), (48, 16), (64, 16), (64, 64), (96, 32), (512, 16)] {
        for convention in ["sysv", "ms"] {
            let handle = header.function(&format!("{convention}_s{size}_{align}"));
            let code = guest.symbol(convention);
            let function = imported(handle.types(), handle.id(), code, None).unwrap();
            let mut frame = [0; 4];
            // SAFETY: the guest's functions store the place of the result; the frame has room for
            // an object, which is freed.
            unsafe {
                handle::using(|scope| function.call(scope, frame.as_mut_ptr())).unwrap();
                assert_eq!(*seen % align, 0, "{convention}: {size} bytes by entity");
                handle::free(frame[0] as usize, handle::HandleKind::Object).unwrap();
                let call = handle.call().unwrap();
                call.call(code.cast(), ptr::null_mut(), ptr::null()).unwrap();
                assert_eq!(*seen % align, 0, "{convention}: {size} bytes without a place");
                let mut bytes = vec![0_u8; size + align + 1];
                let odd = bytes.as_mut_ptr().add(bytes.as_ptr().align_offset(align) + 1);
                call.call(code.cast(), odd.cast(), ptr::null()).unwrap();
                assert_eq!(*seen % align, 0, "{convention}: {size} bytes, misaligned");
            }
        }
    }
}
