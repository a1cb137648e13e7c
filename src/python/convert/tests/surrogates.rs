use super::*;
use crate::abi::metaffi_string;
use crate::error::Status;

/// Half of a pair between two letters, as the units of each width have it.
const UTF8: &[u8] = b"a\xed\xa0\xbdz";
const UTF16: &[u16] = &[0x61, 0xd83d, 0x7a];
const UTF32: &[u32] = &[0x61, 0xd83d, 0x7a];

fn string<T>(units: &[T], kind: Kind) -> metaffi_value {
    let string = metaffi_string { data: units.as_ptr().cast(), length: units.len() };
    crate::value::string(string, kind)
}

/// What Python makes of text, by slots that nobody has looked at.
fn given<T>(gil: &Gil, units: &[T], r#type: &str) -> Result<String> {
    let info = info(r#type);
    let slots = [units.as_ptr().expose_provenance() as u64, units.len() as u64];
    // SAFETY: the slots hold text of so many units.
    let object = handle::using(|scope| unsafe {
        to_python(gil, scope, &Loans::new(), info.r#type, &info, slots.as_ptr())
    })?;
    Ok(repr(gil, &object))
}

/// The units that a `str` is taken as.
fn units<T: Copy>(gil: &Gil, r#type: &str) -> Vec<T> {
    let text = evaluate(gil, "'a\\ud83dz'");
    let value = taken(gil, &text, r#type).unwrap();
    // SAFETY: a string of the width that the type says.
    unsafe { crate::value::text::units(&value.data.string) }.unwrap().to_vec()
}

#[test]
fn halves_of_pairs_are_refused() {
    let gil = enter();
    let refused = |outcome: Result<String>| outcome.unwrap_err().status();
    assert_eq!(refused(given(&gil, UTF8, "string8")), Status::InvalidText);
    assert_eq!(refused(given(&gil, UTF16, "string16")), Status::InvalidText);
    assert_eq!(refused(given(&gil, UTF32, "string32")), Status::InvalidText);
    let text = evaluate(&gil, "'a\\ud83dz'");
    for r#type in ["string8", "string16", "string32", "any", "string8_array"] {
        let list = evaluate(&gil, "['a\\ud83dz']");
        let object = if r#type.ends_with("array") { &list } else { &text };
        let error = taken(&gil, object, r#type).unwrap_err();
        assert_eq!(error.status(), Status::InvalidText, "{type}");
        assert!(error.message().contains("U+D83D) at index 1"), "{error}");
        assert!(error.message().contains("string8<surrogatepass>"), "{error}");
    }
}

#[test]
fn halves_of_pairs_go_through_where_the_alias_says_so() {
    let gil = enter();
    let expected = "'a\\ud83dz'";
    assert_eq!(given(&gil, UTF8, "string8<surrogatepass>").unwrap(), expected);
    assert_eq!(given(&gil, UTF16, "string16<surrogatepass>").unwrap(), expected);
    assert_eq!(given(&gil, UTF32, "string32<surrogatepass>").unwrap(), expected);
    assert_eq!(units::<u8>(&gil, "string8<surrogatepass>"), UTF8);
    assert_eq!(units::<u16>(&gil, "string16<surrogatepass>"), UTF16);
    assert_eq!(units::<u32>(&gil, "string32<surrogatepass>"), UTF32);
}

#[test]
fn they_go_through_in_arrays_and_in_what_carries_its_type() {
    let gil = enter();
    for (r#type, expression) in [
        ("any<surrogatepass>", "'a\\ud83dz'"),
        ("any<surrogatepass>", "['a\\ud83dz', 'b']"),
        ("any<surrogatepass>", "[['a\\ud83dz'], 1, 'b']"),
        ("string8_array<surrogatepass>", "['a\\ud83dz', 'b']"),
        ("string16_array<surrogatepass>", "[['a\\ud83dz'], ['b', 'c']]"),
        ("string32_array<surrogatepass>", "[['a\\ud83dz']]"),
        ("any_array<surrogatepass>", "['a\\ud83dz', 1]"),
    ] {
        let object = evaluate(&gil, expression);
        let value = taken(&gil, &object, r#type).unwrap();
        let back = python_of(&gil, &Loans::new(), &value, r#type).unwrap();
        assert_eq!(repr(&gil, &back), repr(&gil, &object), "{type}");
    }
}

#[test]
fn the_alias_changes_nothing_else() {
    let gil = enter();
    let r#type = "string8<surrogatepass>";
    assert_eq!(given(&gil, "é\0😀".as_bytes(), r#type).unwrap(), "'é\\x00😀'");
    assert_eq!(given(&gil, b"a\xff", r#type).unwrap_err().status(), Status::InvalidText);
    let number = evaluate(&gil, "1");
    assert_eq!(taken(&gil, &number, r#type).unwrap_err().status(), Status::TypeMismatch);
    let none = evaluate(&gil, "None");
    // SAFETY: a string.
    assert!(unsafe { taken(&gil, &none, r#type).unwrap().data.string }.data.is_null());
}

#[test]
fn a_call_by_values_lets_them_through_as_well() {
    let gil = enter();
    let function = evaluate(&gil, "lambda text: text[::-1]");
    let text = info("string16<surrogatepass>");
    let signature = crate::signature::Signature {
        params: vec![text.clone().into()],
        returns: vec![text],
        variadic: false,
    };
    let target =
        crate::python::downcall::function::CallTarget::Callable(std::sync::Arc::new(function));
    let function =
        crate::python::downcall::function::PyFunction::bind(gil.api, target, signature, 1).unwrap();
    let argument = string(UTF16, Kind::String16);
    // SAFETY: one argument, which is what it says.
    let returns = unsafe { crate::call::call_owned(&function, &[argument]) }.unwrap();
    // SAFETY: a string of that width.
    let units = unsafe { crate::value::text::units::<u16>(&returns[0].data.string) }.unwrap();
    assert_eq!(units, [0x7a, 0xd83d, 0x61]);
}

/// Gives its text back.
struct Echo;

impl crate::call::Callee for Echo {
    unsafe fn call(&self, _: &handle::pin::CallScope, frame: *mut metaffi_slot) -> Result<()> {
        // SAFETY: a string of three bytes or five, and room for one.
        unsafe {
            let (data, length) = (slot::pointer::<u8>(*frame), *frame.add(1) as usize);
            let copy = crate::value::memory::alloc(length + 1)?;
            copy.copy_from_nonoverlapping(data, length);
            *frame.add(2) = slot::word(copy);
            *frame.add(3) = length as u64;
        }
        Ok(())
    }
}

#[test]
fn a_hosts_callable_takes_and_gives_them() {
    let gil = enter();
    let text = info("string8<surrogatepass>");
    let signature = crate::signature::Signature {
        params: vec![text.clone().into()],
        returns: vec![text],
        variadic: false,
    };
    let function = crate::call::Function::new(signature, Echo).unwrap();
    let callable = crate::call::Callable::new(std::sync::Arc::new(function));
    let key = handle::insert(std::sync::Arc::new(callable)).unwrap();
    let echo = crate::python::upcall::callback::to_python(&gil, key).unwrap();
    handle::free(key, handle::HandleKind::Callable).unwrap();
    let back = echo.call1(&gil, &evaluate(&gil, "'a\\ud83dz'")).unwrap();
    assert_eq!(repr(&gil, &back), "'a\\ud83dz'");
}
