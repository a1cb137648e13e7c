//! Random types passed and returned by value, between calls and closures of ours and functions of the
//! C compiler.

mod common;

use std::ffi::c_void;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use common::compiler::compile;
use common::generator::{Generator, Shape};
use common::random::Random;
use libloading::Library;
use metaffi::backend::c::types::{Convention, Kind, Primitive, TypeId, Types};
use metaffi::call::closure::{Arguments, Closure, ErrorSink, Handler};
use metaffi::call::interface::CallInterface;
use metaffi::call::native::NativeType;
use metaffi::error::Status;
use metaffi::handle::pin::Use;

const RECORDS: usize = 500;
const SHAPE: Shape = Shape { members: 4, attributes: 9, flexible: 4, small: 88 };
const LARGEST: usize = 256;

const CONVENTIONS: &[(Convention, &str, &str)] = &[
    (Convention::Default, "native", ""),
    #[cfg(all(target_arch = "x86_64", unix))]
    (Convention::Win64, "win64", "__attribute__((ms_abi))"),
];

/// `T` alone, after scalars that leave few registers, and after scalars that leave none; then the
/// same given to a function.
const FUNCTIONS: &str = r"
ABI T give_N(const unsigned char *bytes) {
    T value; memcpy((void *)&value, bytes, sizeof value); return value;
}
ABI void take_N(T value, unsigned char *out) {
    memcpy(out, (void *)&value, sizeof value);
}
ABI void late_N(long a, double x, long b, double y, long c, double z, T value, long d,
                U again, unsigned char *out, double w) {
    memcpy(out, (void *)&value, sizeof value);
    memcpy(out + 256, (void *)&again, sizeof again);
    long integers[] = {a, b, c, d}; memcpy(out + 512, integers, sizeof integers);
    double reals[] = {x, y, z, w}; memcpy(out + 544, reals, sizeof reals);
}
ABI T full_N(long a, long b, long c, long d, long e, long f, double s, double t, double u,
             double v, double w, double x, double y, double z, char one, T value, char two,
             unsigned char *out) {
    memcpy(out, (void *)&value, sizeof value);
    out[256] = one; out[257] = two;
    return value;
}
void back_N(T ABI (*f)(T v), const unsigned char *bytes, unsigned char *out) {
    T value; memcpy((void *)&value, bytes, sizeof value);
    T result = f(value); memcpy(out, (void *)&result, sizeof result);
}
void behind_N(T ABI (*f)(long, double, long, double, long, double, T v, long, U u, double),
                 const unsigned char *bytes, const unsigned char *others, unsigned char *out) {
    T value; memcpy((void *)&value, bytes, sizeof value);
    U again; memcpy((void *)&again, others, sizeof again);
    T result = f(-1, 0.5, 2, -1.5, -3, 2.5, value, 4, again, -3.5);
    memcpy(out, (void *)&result, sizeof result);
}
void brim_N(T ABI (*f)(long, long, long, long, long, long, double, double, double, double,
                            double, double, double, double, char, T v, char, T w, long),
                 const unsigned char *bytes, unsigned char *out) {
    T value; memcpy((void *)&value, bytes, sizeof value);
    T result = f(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, value, 15, value, 16);
    memcpy(out, (void *)&result, sizeof result);
}
";

/// Storage for any value, with room for libffi to read and write whole registers.
#[derive(Clone)]
#[repr(C, align(64))]
struct Slot([u8; 640]);

impl Slot {
    fn zero() -> Slot {
        Slot([0; 640])
    }

    fn of(bytes: &[u8]) -> Slot {
        let mut slot = Slot::zero();
        slot.0[..bytes.len()].copy_from_slice(bytes);
        slot
    }

    fn address(&mut self) -> *mut c_void {
        self.0.as_mut_ptr().cast()
    }
}

/// A type with a value for it.
struct Subject {
    id: TypeId,
    spelling: String,
    value: Vec<u8>,
    /// The bits of `value` that are not padding.
    mask: Vec<u8>,
}

impl Subject {
    fn new(types: &Types, id: TypeId, spelling: String, random: &mut Random) -> Subject {
        let size = types.size(id).unwrap();
        let mut value: Vec<_> = (0..size).map(|_| random.next() as u8).collect();
        let mut mask = vec![0; size];
        cover(types, id, 0, &mut value, &mut mask);
        Subject { id, spelling, value, mask }
    }

    fn check(&self, bytes: &[u8], what: &str) {
        let significant = |bytes: &[u8]| -> Vec<u8> {
            self.mask.iter().zip(bytes).map(|(mask, byte)| mask & byte).collect()
        };
        assert_eq!(significant(bytes), significant(&self.value), "{what} of {}", self.spelling);
    }
}

/// Marks the bits of `id` in `mask`, and makes its truth values true or false.
fn cover(types: &Types, id: TypeId, offset: usize, value: &mut [u8], mask: &mut [u8]) {
    let size = types.size(id).unwrap_or(0);
    match types.resolved(id) {
        Kind::Array { element, length } => {
            let stride = types.size(element).unwrap();
            for index in 0..length.unwrap_or(0) {
                cover(types, element, offset + index * stride, value, mask);
            }
        }
        Kind::Record(_) => {
            for member in &types.record(id).unwrap().members {
                let offset = offset + member.offset;
                let Some(bits) = member.bits else {
                    cover(types, member.type_id, offset, value, mask);
                    continue;
                };
                for bit in bits.shift..bits.shift + bits.width {
                    mask[offset + bit as usize / 8] |= 1 << (bit % 8);
                }
            }
        }
        Kind::Primitive(Primitive::LongDouble) => mask[offset..offset + 10].fill(0xFF),
        Kind::Primitive(Primitive::ComplexLongDouble) => {
            mask[offset..offset + 10].fill(0xFF);
            mask[offset + 16..offset + 26].fill(0xFF);
        }
        kind => {
            mask[offset..offset + size].fill(0xFF);
            if kind == Kind::Primitive(Primitive::Bool) {
                value[offset] &= 1;
            }
        }
    }
}

/// An argument as a word: a scalar widened, or the address of anything else.
unsafe fn word(native: &NativeType, pointer: *mut c_void) -> u64 {
    let bytes = pointer.cast::<u64>();
    if native.bank().is_none() {
        return bytes.expose_provenance() as u64;
    }
    // SAFETY: the caller's pointer is to an argument of the type, in a slot larger than a word.
    let word = unsafe { bytes.read() };
    match native {
        NativeType::I8 => word as i8 as i64 as u64,
        NativeType::I16 => word as i16 as i64 as u64,
        NativeType::I32 => word as i32 as i64 as u64,
        _ => word & u64::MAX >> (64 - native.size() * 8),
    }
}

/// One convention's functions, and how to call them.
struct Bridge<'a> {
    library: &'a Library,
    convention: Convention,
    prefix: &'a str,
    way: Way,
}

/// How a call is made.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Way {
    /// With a pointer to each argument.
    Pointers,
    /// With a word for each argument.
    Words,
    /// By libffi, whatever else could.
    Libffi,
}

impl Bridge<'_> {
    fn call(
        &self,
        function: &str,
        parameters: &[NativeType],
        returns: &NativeType,
        arguments: &mut [Slot],
    ) -> Slot {
        let name = format!("{}_{function}", self.prefix);
        // SAFETY: the symbol is only used as an address.
        let symbol = unsafe { self.library.get::<*const c_void>(name.as_bytes()) };
        let function = *symbol.unwrap_or_else(|error| panic!("{name}: {error}"));
        let interface = match self.way {
            Way::Libffi => CallInterface::by_libffi(parameters, returns, None, self.convention),
            _ => CallInterface::new(parameters, returns, None, self.convention),
        };
        let interface = interface.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(interface.return_size() <= size_of::<Slot>());
        let mut pointers: Vec<_> = arguments.iter_mut().map(Slot::address).collect();
        let mut result = Slot::zero();
        // SAFETY: the C function was generated with these parameters and this return type; every
        // slot is aligned to 64 bytes and larger than its value.
        unsafe {
            match self.way {
                Way::Pointers | Way::Libffi => {
                    interface.call(function, result.address(), pointers.as_mut_ptr());
                }
                Way::Words => {
                    let mut words: Vec<u64> = parameters
                        .iter()
                        .zip(&pointers)
                        .map(|(native, pointer)| word(native, *pointer))
                        .collect();
                    interface.call_words(function, result.address(), words.as_mut_ptr());
                }
            }
        }
        result
    }

    fn check(&self, n: usize, subject: &Subject, natives: &Natives, other: Option<&Natives>) {
        self.check_give(n, subject, &natives.returned);
        let Some(parameter) = &natives.parameter else { return };
        self.check_take(n, subject, parameter);
        self.check_full(n, subject, parameter, &natives.returned);
        if let Some(Natives { subject: again, parameter: Some(other), .. }) = other {
            self.check_late(n, (subject, parameter), (again, other));
        }
    }

    fn check_give(&self, n: usize, subject: &Subject, returned: &NativeType) {
        let mut bytes = Slot::of(&subject.value);
        let mut arguments = [Slot::of(&(bytes.address() as usize).to_ne_bytes())];
        let name = format!("give_{n}");
        let result = self.call(&name, &[NativeType::Pointer], returned, &mut arguments);
        subject.check(&result.0, &format!("{} return", self.prefix));
    }

    fn check_take(&self, n: usize, subject: &Subject, parameter: &NativeType) {
        let mut out = Slot::zero();
        let mut arguments =
            [Slot::of(&subject.value), Slot::of(&(out.address() as usize).to_ne_bytes())];
        let parameters = [parameter.clone(), NativeType::Pointer];
        self.call(&format!("take_{n}"), &parameters, &NativeType::Void, &mut arguments);
        subject.check(&out.0, &format!("{} argument", self.prefix));
    }

    fn check_full(
        &self,
        n: usize,
        subject: &Subject,
        parameter: &NativeType,
        returned: &NativeType,
    ) {
        let mut out = Slot::zero();
        let mut parameters = vec![NativeType::I64; 6];
        parameters.extend(vec![NativeType::F64; 8]);
        parameters.push(NativeType::I8);
        parameters.extend([parameter.clone(), NativeType::I8, NativeType::Pointer]);
        let mut arguments: Vec<_> = (0..14_u64).map(|i| Slot::of(&i.to_ne_bytes())).collect();
        arguments.extend([Slot::of(&[11]), Slot::of(&subject.value), Slot::of(&[22])]);
        arguments.push(Slot::of(&(out.address() as usize).to_ne_bytes()));
        let result = self.call(&format!("full_{n}"), &parameters, returned, &mut arguments);
        subject.check(&out.0, &format!("{} stack argument", self.prefix));
        subject.check(&result.0, &format!("{} return of a stack argument", self.prefix));
        assert_eq!(out.0[256..258], [11, 22], "neighbours of {}", subject.spelling);
    }

    fn check_late(
        &self,
        n: usize,
        (first, parameter): (&Subject, &NativeType),
        (again, other): (&Subject, &NativeType),
    ) {
        use NativeType::{F64, I64, Pointer};
        let mut out = Slot::zero();
        let integers = [-1_i64, 2, -3, 4];
        let reals = [0.5_f64, -1.5, 2.5, -3.5];
        let integer = |i: usize| Slot::of(&integers[i].to_ne_bytes());
        let real = |i: usize| Slot::of(&reals[i].to_ne_bytes());
        let mut arguments = [
            integer(0),
            real(0),
            integer(1),
            real(1),
            integer(2),
            real(2),
            Slot::of(&first.value),
            integer(3),
            Slot::of(&again.value),
            Slot::of(&(out.address() as usize).to_ne_bytes()),
            real(3),
        ];
        let parameters =
            [I64, F64, I64, F64, I64, F64, parameter.clone(), I64, other.clone(), Pointer, F64];
        self.call(&format!("late_{n}"), &parameters, &NativeType::Void, &mut arguments);
        first.check(&out.0, &format!("{} late argument", self.prefix));
        again.check(&out.0[256..], &format!("{} second late argument", self.prefix));
        let integers: Vec<_> = integers.iter().flat_map(|i| i.to_ne_bytes()).collect();
        let reals: Vec<_> = reals.iter().flat_map(|x| x.to_ne_bytes()).collect();
        assert_eq!(out.0[512..544], integers, "integers around {}", first.spelling);
        assert_eq!(out.0[544..576], reals, "reals around {}", first.spelling);
    }
}

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
        _: Use,
        arguments: impl Arguments,
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
    fn check_back(&self, types: &Types, n: usize, own: &Natives, other: &Natives) -> bool {
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

/// A subject with what its type is lowered to.
struct Natives<'a> {
    subject: &'a Subject,
    parameter: Option<NativeType>,
    returned: NativeType,
}

impl Natives<'_> {
    /// `None` if the type cannot be passed by value, which must have a reason.
    fn new<'a>(types: &Types, subject: &'a Subject, convention: Convention) -> Option<Natives<'a>> {
        let lowered = |result: metaffi::error::Result<NativeType>| match result {
            Ok(native) => Some(native),
            Err(error) => {
                let reason = refusal_is_right(types, subject.id, convention);
                assert!(reason, "{} is refused: {error}", subject.spelling);
                None
            }
        };
        let parameter = lowered(types.lower_parameter(subject.id, convention));
        let returned = lowered(types.lower_return(subject.id, convention))?;
        Some(Natives { subject, parameter, returned })
    }
}

fn refusal_is_right(types: &Types, id: TypeId, convention: Convention) -> bool {
    let kind = types.resolved(id);
    match kind {
        Kind::Vector { .. } => convention == Convention::Win64,
        Kind::Primitive(Primitive::Float16 | Primitive::Int128 | Primitive::UnsignedInt128) => {
            convention == Convention::Win64
        }
        Kind::Record(_) => {
            let size = types.size(id).unwrap();
            types.align(id).unwrap() > 16 || size == 0 || !has_values(types, id)
        }
        _ => false,
    }
}

/// Whether libffi cannot pass it.
fn is_vector(native: &NativeType) -> bool {
    match native {
        NativeType::Vector => true,
        NativeType::Aggregate { elements, .. } => elements.iter().any(is_vector),
        _ => false,
    }
}

/// Whether `cover` would find anything.
fn has_values(types: &Types, id: TypeId) -> bool {
    let size = types.size(id).unwrap();
    let mut mask = vec![0; size];
    cover(types, id, 0, &mut vec![0; size], &mut mask);
    mask.iter().any(|byte| *byte != 0)
}

fn source(types: &Types, definitions: &str, subjects: &[Subject]) -> String {
    let mut source = definitions.to_owned();
    for (n, subject) in subjects.iter().enumerate() {
        let again = &subjects[(n + 1) % subjects.len()];
        let own = types.spell_named(subject.id, &format!("T{n}"));
        let again = types.spell_named(again.id, &format!("U{n}"));
        write!(source, "typedef {own};\ntypedef {again};").unwrap();
        for (_, prefix, attribute) in CONVENTIONS {
            let mut text = FUNCTIONS.to_owned();
            for (word, by) in
                [("ABI", *attribute), ("T ", &format!("T{n} ")), ("U ", &format!("U{n} "))]
            {
                text = text.replace(word, by);
            }
            for name in ["give", "take", "late", "full", "back", "behind", "brim"] {
                text = text.replace(&format!("{name}_N"), &format!("{prefix}_{name}_{n}"));
            }
            source += &text;
        }
    }
    source
}

#[test]
fn values_arrive_as_the_compiler_sends_them() {
    let mut generator = Generator::new(0xCA11, SHAPE);
    let mut random = Random::new(0xDA7A);
    let records: Vec<_> = (0..RECORDS).map(|_| generator.record()).collect();
    let types = &generator.types;
    let scalars = generator.scalar_types().iter().filter(|id| types.resolved(**id) != Kind::VaList);
    let subjects = scalars.map(|id| (*id, types.spell(*id)));
    let subjects: Vec<_> = subjects
        .chain(records.into_iter().map(|record| (record.id, record.spelling)))
        .filter(|(id, _)| types.size(*id).unwrap() <= LARGEST)
        .map(|(id, spelling)| Subject::new(types, id, spelling, &mut random))
        .collect();

    let directory = tempfile::tempdir().unwrap();
    let options = ["-O0", "-fPIC", "-shared"];
    let library = compile(directory.path(), &source(types, &generator.source, &subjects), &options);
    // SAFETY: the library has no initializers.
    let library = unsafe { Library::new(library) }.unwrap();

    let ways = [Way::Pointers, Way::Words, Way::Libffi];
    let ways = CONVENTIONS.iter().flat_map(|one| ways.map(|way| (one, way)));
    for ((convention, prefix, _), way) in ways {
        let bridge = Bridge { library: &library, convention: *convention, prefix, way };
        let natives: Vec<_> =
            subjects.iter().map(|s| Natives::new(types, s, *convention)).collect();
        let (mut passed, mut backs) = (0, 0);
        for (n, subject) in subjects.iter().enumerate() {
            let Some(own) = &natives[n] else { continue };
            let other = natives[(n + 1) % natives.len()].as_ref();
            let vectors = [Some(own), other].into_iter().flatten().any(|n| is_vector(&n.returned));
            if way == Way::Libffi && vectors {
                continue;
            }
            bridge.check(n, subject, own, other);
            passed += usize::from(own.parameter.is_some());
            if let (Way::Pointers, Some(other)) = (way, other) {
                backs += usize::from(bridge.check_back(types, n, own, other));
            }
        }
        println!("{prefix}, {way:?}: {passed} of {} types by value", subjects.len());
        assert!(passed > subjects.len() / 2, "{prefix}: only {passed} types");
        if way == Way::Pointers {
            println!("{prefix}: {backs} of {} types in closures", subjects.len());
            assert!(backs > subjects.len() / 2, "{prefix}: only {backs} types in closures");
        }
    }
}
