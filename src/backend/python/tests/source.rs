//! Source text that runs in a module's namespace, or in one of its own.

use super::*;
use crate::backend::SourceText;
use crate::error::Status;
use crate::handle::Key;

fn run(module: &Module, source: &SourceText<'_>) -> Result<OwnedValue> {
    // SAFETY: the locals are what their types say.
    unsafe { module.run(source) }
}

fn valued<'a>(text: &'a str, namespace: Option<Key>) -> SourceText<'a> {
    SourceText { asks_value: true, namespace, ..SourceText::new(text) }
}

/// A new namespace, and what ends it.
struct Namespace(Key);

impl Namespace {
    fn new(module: &Module) -> Namespace {
        Namespace(module.new_namespace().unwrap())
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = handle::free(self.0, handle::HandleKind::Object);
    }
}

#[test]
fn text_runs_in_the_modules_namespace() {
    let (_directory, module) = sample("runs");
    assert_eq!(int(&run(&module, &valued("add(2, counter)", None)).unwrap()), 9);
    let nothing = run(&module, &SourceText::new("counter = 8\ncounter")).unwrap();
    assert_eq!(nothing.r#type, crate::abi::metaffi_null_type);
    assert_eq!(int(&one(&typed(&module, "attribute=counter", &[], &["int64"]), &[])), 8);
    let last = run(&module, &valued("added = 1\n'text'\nadded + 1", None)).unwrap();
    assert_eq!(int(&last), 2);
    let statement = run(&module, &valued("added = 2", None)).unwrap();
    assert_eq!(statement.r#type, crate::abi::metaffi_null_type);
    for empty in ["", "# nothing\n"] {
        let none = run(&module, &valued(empty, None)).unwrap();
        assert_eq!(none.r#type, crate::abi::metaffi_null_type);
    }
    let list = run(&module, &valued("[1, 2]", None)).unwrap();
    assert_eq!(list.r#type, crate::abi::metaffi_handle_type);
}

#[test]
fn a_namespace_of_its_own_is_kept_between_texts() {
    let (_directory, module) = sample("namespaces");
    let (first, second) = (Namespace::new(&module), Namespace::new(&module));
    run(&module, &valued("import math\ndef area(r): return math.pi * r * r", Some(first.0)))
        .unwrap();
    assert_eq!(float(&run(&module, &valued("area(0.0)", Some(first.0))).unwrap()), 0.0);
    let error = run(&module, &valued("area(0.0)", Some(second.0))).unwrap_err();
    assert_eq!(error.foreign_error().unwrap().type_name(), "NameError");
    assert!(run(&module, &valued("add", Some(first.0))).is_err());
    // Any dict is one.
    let dict = run(&module, &valued("{'given': 5}", None)).unwrap();
    // SAFETY: a handle.
    let key = unsafe { dict.data.object }.addr();
    assert_eq!(int(&run(&module, &valued("len('abc') + given", Some(key))).unwrap()), 8);
}

#[test]
fn locals_are_found_first_and_gone_afterwards() {
    let (_directory, module) = sample("locals");
    let (seven, word) = (int64(7), string("word"));
    let locals = [("counter", &seven), ("text", &word)];
    let text = "made = counter * 2\nf'{text} {made} {add(1, 1)}'";
    let source = SourceText { locals: &locals, ..valued(text, None) };
    assert_eq!(text_of(run(&module, &source)), "word 14 2");
    assert!(run(&module, &valued("made", None)).is_err());
    assert_eq!(int(&run(&module, &valued("counter", None)).unwrap()), 7);
}

fn text_of(value: Result<OwnedValue>) -> String {
    text(&value.unwrap())
}

#[test]
fn text_is_compiled_once_and_shown_in_traces() {
    let (_directory, module) = sample("traces");
    let namespace = Namespace::new(&module);
    let count =
        "import _metaffi.source as s\nlen([key for key in s.texts if 'chapter one' in key])";
    let text = "def broken(value):\n    return 1 / value\nbroken(0)";
    let source = SourceText { file: Some("chapter one"), ..valued(text, Some(namespace.0)) };
    for _ in 0..3 {
        let error = run(&module, &source).unwrap_err();
        assert_eq!(error.status(), Status::Foreign);
        let foreign = error.foreign_error().unwrap();
        assert_eq!(foreign.type_name(), "ZeroDivisionError");
        let frames: Vec<(String, String, u32)> = foreign
            .frames()
            .into_iter()
            .map(|frame| (frame.function, frame.file, frame.line))
            .collect();
        let frame = |name: &str, line| (name.to_owned(), "chapter one".to_owned(), line);
        assert_eq!(frames, [frame("<module>", 3), frame("broken", 2)]);
        assert!(foreign.trace().contains("return 1 / value"), "{}", foreign.trace());
    }
    let after = int(&run(&module, &valued(count, Some(namespace.0))).unwrap());
    assert_eq!(after, 1);
    // Entities have the same.
    let failing = failure(&inferred(&module, "eval=1 / (counter - counter)"), &[]);
    let trace = failing.foreign_error().unwrap().trace();
    assert!(trace.contains("1 / (counter - counter)"), "{trace}");
    // Not for ever.
    let more = "for i in range(600): s.compiled(f'{i} + 0', 'eval')\nlen(s.texts) <= 512";
    let kept = run(&module, &valued(more, Some(namespace.0))).unwrap();
    // SAFETY: a bool.
    assert!(unsafe { kept.data.boolean });
}

#[test]
fn what_cannot_be_run_is_refused() {
    let (_directory, module) = sample("unrunnable");
    let syntax = |text: &str| {
        let error = run(&module, &SourceText { file: Some("given"), ..valued(text, None) });
        let error = error.unwrap_err();
        assert_eq!(error.status(), Status::Syntax, "{error}");
        error.message().to_owned()
    };
    let message = syntax("x = 1\nif x = 2:\n    pass");
    assert!(message.starts_with("given, line 2, column "), "{message}");
    assert!(message.ends_with(": if x = 2:"), "{message}");
    assert!(syntax("a\0b").starts_with("given"));
    assert!(syntax("return 1").contains("'return' outside function"));
    for (text, exception) in
        [("raise SystemExit(2)", "SystemExit"), ("raise KeyboardInterrupt", "KeyboardInterrupt")]
    {
        let error = run(&module, &SourceText::new(text)).unwrap_err();
        assert_eq!(error.status(), Status::Foreign);
        assert_eq!(error.foreign_error().unwrap().type_name(), exception);
    }
    let list = run(&module, &valued("[1]", None)).unwrap();
    // SAFETY: a handle.
    let key = unsafe { list.data.object }.addr();
    let no_namespace = run(&module, &valued("1", Some(key))).unwrap_err();
    assert_eq!(no_namespace.status(), Status::TypeMismatch);
    assert!(no_namespace.message().contains("is no namespace; give a dict"), "{no_namespace}");
    drop(list);
    let stale = run(&module, &valued("1", Some(key))).unwrap_err();
    assert_eq!(stale.status(), Status::InvalidHandle);
}

#[test]
fn a_module_is_an_object() {
    let (_directory, module) = sample("as_object");
    let key = module.object().unwrap();
    let object = value::object(std::ptr::without_provenance_mut(key));
    let counter = typed(&module, "attribute=counter,instance_required", &["handle"], &["int64"]);
    assert_eq!(int(&one(&counter, &[object])), 7);
    handle::free(key, handle::HandleKind::Object).unwrap();
}

#[test]
fn a_function_says_how_many_arguments_it_needs() {
    let (_directory, module) = sample("required");
    let said = |path: &str| {
        let function = inferred(&module, path);
        (function.required(), function.callee().takes_names())
    };
    assert_eq!(said("callable=defaults"), (1, true));
    assert_eq!(said("callable=add"), (2, true));
    assert_eq!(said("callable=Account.deposit,instance_required"), (2, true));
    assert_eq!(said("callable=gather,named_args"), (1, true));
    assert_eq!(said("callable=gather,varargs"), (1, false));
    assert_eq!(said("attribute=counter,setter"), (1, false));
    assert_eq!(said("item,setter"), (3, false));
}
