use super::*;
use crate::abi;
use crate::error::{Error, ForeignError, Status};
use crate::handle::HandleKind;
use crate::python::error::{fetch, raise, take};

/// The error of a function that raises.
fn raised(gil: &Gil, body: &str) -> Error {
    let source = format!("def f():\n{body};;f");
    evaluate(gil, &source).call0(gil).expect_err("it raises")
}

fn foreign(error: &Error) -> &dyn ForeignError {
    error.foreign_error().unwrap()
}

#[test]
fn an_exception_is_known_by_its_type_message_and_frames() {
    let gil = enter();
    let error = raised(&gil, " def inner(): raise ValueError('no', 3)\n inner()");
    assert_eq!((error.status(), error.runtime()), (Status::Foreign, Some("python3")));
    assert_eq!(error.message(), "('no', 3)");
    assert_eq!(foreign(&error).type_name(), "ValueError");
    let frames = foreign(&error).frames();
    let places: Vec<_> = frames.iter().map(|frame| (frame.function.as_str(), frame.line)).collect();
    let inner = if gil.api.version.at_least(3, 11) { "f.<locals>.inner" } else { "inner" };
    assert_eq!(places, [("f", 3), (inner, 2)]);
    assert_eq!(frames[0].file, "<test>");
    let trace = foreign(&error).trace();
    assert!(trace.starts_with("Traceback (most recent call last):"), "{trace}");
    assert!(trace.contains("line 3, in f") && trace.ends_with("ValueError: ('no', 3)\n"));
}

#[test]
fn a_type_is_qualified() {
    let gil = enter();
    let error = raised(&gil, " import json\n json.loads('{')");
    assert_eq!(foreign(&error).type_name(), "json.decoder.JSONDecodeError");
    let error = raised(&gil, " class E(Exception): pass\n raise E");
    assert!(foreign(&error).type_name().ends_with("f.<locals>.E"));
    assert_eq!(error.message(), foreign(&error).type_name());
}

#[test]
fn causes_and_contexts_are_a_chain() {
    let gil = enter();
    let body = " try:\n  try: 1//0\n  except Exception as e: raise KeyError('k') from e\n \
                except Exception: raise OSError('o')";
    let error = raised(&gil, body);
    let chain = std::iter::successors(Some(&error), |error| error.cause());
    let names: Vec<_> = chain.map(|error| foreign(error).type_name()).collect();
    assert_eq!(names, ["OSError", "KeyError", "ZeroDivisionError"]);
    let error = raised(&gil, " try: 1//0\n except Exception: raise OSError('o') from None");
    assert!(error.cause().is_none());
    let error = raised(
        &gil,
        " a, b = OSError('a'), OSError('b')\n a.__cause__ = b; b.__cause__ = a\n raise a",
    );
    assert!(error.cause().unwrap().cause().is_none());
}

#[test]
fn notes_and_members_of_groups_are_told() {
    let gil = enter();
    if !gil.api.version.at_least(3, 11) {
        return;
    }
    let error = raised(&gil, " e = ValueError('no')\n e.add_note('a note')\n raise e");
    assert_eq!(error.message(), "no\na note");
    let error = raised(&gil, " raise ExceptionGroup('both', [ValueError('one'), OSError('two')])");
    assert_eq!(foreign(&error).type_name(), "ExceptionGroup");
    let trace = foreign(&error).trace();
    assert!(trace.contains("ValueError: one") && trace.contains("OSError: two"), "{trace}");
}

#[test]
fn members_of_groups_are_errors() {
    let gil = enter();
    if !gil.api.version.at_least(3, 11) {
        return;
    }
    let body = " inner = ExceptionGroup('inner', [KeyError('k')])\n two = OSError('two')\n \
                two.__cause__ = ValueError('why')\n raise ExceptionGroup('outer', [inner, two])";
    let error = raised(&gil, body);
    let members = foreign(&error).members();
    let told: Vec<_> = members.iter().map(|member| foreign(member).type_name()).collect();
    assert_eq!(told, ["ExceptionGroup", "OSError"]);
    assert_eq!(foreign(members[1].cause().unwrap()).type_name(), "ValueError");
    let within = foreign(&members[0]).members();
    assert_eq!((within.len(), within[0].message()), (1, "'k'"));
    assert!(foreign(&within[0]).members().is_empty());
    raise(&gil, &members[1]);
    let again = take(&gil).unwrap();
    let key = foreign(&error).original().unwrap();
    let group = crate::python::object::take_handle(&gil, key).unwrap();
    let group = group.attribute(&gil, c"exceptions").unwrap();
    // SAFETY: a tuple of two.
    assert_eq!(again.as_ptr(), unsafe { (gil.api.PyTuple_GetItem)(group.as_ptr(), 1) });
    handle::free(key, HandleKind::Object).unwrap();
}

#[test]
fn an_attribute_that_only_has_the_name_is_no_group() {
    let gil = enter();
    let error = raised(&gil, " e = ValueError()\n e.exceptions = (1, 'two')\n raise e");
    assert!(foreign(&error).members().is_empty());
    let error = raised(&gil, " e = ValueError()\n e.exceptions = [e]\n raise e");
    assert!(foreign(&error).members().is_empty());
}

#[test]
fn an_exception_that_is_raised_again_is_the_same_object() {
    let gil = enter();
    let error = raised(&gil, " raise ValueError('no')");
    let key = foreign(&error).original().unwrap();
    raise(&gil, &error);
    let pending = take(&gil).unwrap();
    assert_eq!(pending.as_ptr(), crate::python::object::from_handle(&gil, key).unwrap());
    handle::free(key, HandleKind::Object).unwrap();
}

#[test]
fn ends_of_the_interpreter_and_of_the_stack_are_errors() {
    let gil = enter();
    for (body, name) in [
        (" raise SystemExit(3)", "SystemExit"),
        (" raise KeyboardInterrupt", "KeyboardInterrupt"),
        (" import sys\n sys.exit(1)", "SystemExit"),
        (" f()", "RecursionError"),
        (" def g(): g()\n g()", "RecursionError"),
    ] {
        let body = body.replace("f()", "(lambda g: g(g))(lambda g: g(g))");
        let error = raised(&gil, &body);
        assert_eq!(foreign(&error).type_name(), name, "{body}");
        assert!(!error.message().is_empty(), "{body}");
    }
    assert_eq!(repr(&gil, &evaluate(&gil, "1 + 1")), "2");
}

#[test]
fn an_exception_whose_str_fails_is_still_an_error() {
    let gil = enter();
    let body = " class E(Exception):\n  def __str__(self): raise OSError('in str')\n raise E";
    assert_eq!(raised(&gil, body).message(), "<its str() failed>");
    let error = raised(&gil, " raise ValueError('\\ud800')");
    assert_eq!(error.message(), "\\ud800");
    assert!(take(&gil).is_none());
}

/// What `except Exception as e` sees of an error.
fn seen(gil: &Gil, error: &Error, ask: &str) -> String {
    raise(gil, error);
    let exception = take(gil).unwrap();
    let ask = evaluate(gil, &format!("lambda e: {ask}")).call1(gil, &exception).unwrap();
    text_of(gil, &ask).unwrap()
}

#[test]
fn an_error_is_raised_as_what_python_has_for_it() {
    let gil = enter();
    for (status, name) in [
        (Status::TypeMismatch, "TypeError"),
        (Status::OutOfRange, "OverflowError"),
        (Status::InvalidArgument, "ValueError"),
        (Status::InvalidText, "ValueError"),
        (Status::OutOfMemory, "MemoryError"),
        (Status::NotFound, "Error"),
    ] {
        let error = Error::new(status, "the message");
        assert_eq!(
            seen(&gil, &error, "type(e).__name__ + ': ' + str(e)"),
            format!("{name}: the message")
        );
    }
}

struct HostFailure;

impl ForeignError for HostFailure {
    fn type_name(&self) -> String {
        "host.Failure".to_owned()
    }
}

#[test]
fn a_hosts_error_crosses_python_and_is_the_cause_of_what_comes_back() {
    let gil = enter();
    let cause = Error::not_found("the cause");
    let error = Error::foreign("host", "the message", Box::new(HostFailure), Some(cause));
    let ask = "' '.join([type(e).__module__, type(e).__name__, str(e), e.runtime, e.foreign_type, \
               e.status, str(e.__cause__)])";
    assert_eq!(
        seen(&gil, &error, ask),
        "metaffi Error the message host host.Failure foreign error the cause"
    );
    raise(&gil, &error);
    let back = fetch(&gil);
    assert_eq!(
        (foreign(&back).type_name().as_str(), back.message()),
        ("metaffi.Error", "the message")
    );
    let chain = std::iter::successors(back.cause(), |error| error.cause());
    let messages: Vec<_> = chain.map(|error| error.message()).collect();
    assert_eq!(messages, ["the message", "the cause"]);
    assert_eq!(foreign(back.cause().unwrap()).type_name(), "host.Failure");
}

#[test]
fn the_texts_are_there_for_c_on_any_thread() {
    let gil = enter();
    let error = raised(&gil, " raise ValueError('a\\0b')");
    let failure = gil::release(&gil, || {
        std::thread::spawn(move || {
            assert_eq!(error.foreign_type(), c"ValueError");
            assert_eq!(error.c_message(), c"a\u{2400}b");
            assert_eq!(error.frames().len(), 1);
            error
        })
        .join()
        .unwrap()
    });
    assert_eq!(failure.status().code(), abi::METAFFI_STATUS_FOREIGN);
}
