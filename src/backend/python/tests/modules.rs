use super::*;
use crate::error::Status;

fn fails(path: &str) -> Error {
    Module::load(testing::api(), path).err().unwrap()
}

#[test]
fn a_file_is_a_module_that_finds_its_neighbours() {
    let directory = tempfile::tempdir().unwrap();
    write(
        &directory.path().join("file_module.py"),
        "from file_neighbour import N\ndef f(): return N\n",
    );
    write(&directory.path().join("file_neighbour.py"), "N = 11\n");
    let path = directory.path().join("file_module.py");
    let loaded = module(path.to_str().unwrap());
    assert_eq!(int(&one(&inferred(&loaded, "callable=f"), &[])), 11);
    let again = module(path.to_str().unwrap());
    call(&typed(&again, "attribute=N,setter", &["int64"], &[]), &[int64(12)]).unwrap();
    assert_eq!(int(&one(&inferred(&loaded, "callable=f"), &[])), 12);
}

#[test]
fn a_file_named_like_a_module_of_the_library_does_not_replace_it() {
    let directory = tempfile::tempdir().unwrap();
    write(&directory.path().join("json.py"), "MINE = 1\n");
    let mine = module(directory.path().join("json.py").to_str().unwrap());
    assert_eq!(int(&one(&inferred(&mine, "attribute=MINE"), &[])), 1);
    let library = module("json");
    assert_eq!(text(&one(&inferred(&library, "callable=dumps"), &[int64(1)])), "1");
}

#[test]
fn directories_go_on_the_path() {
    let directory = tempfile::tempdir().unwrap();
    write(&directory.path().join("first_part.py"), "ONE = 1\n");
    write(&directory.path().join("second_part/__init__.py"), "TWO = 2\n");
    let place = directory.path().to_str().unwrap();
    let both = module(&format!("{place}; first_part; second_part"));
    assert_eq!(int(&one(&inferred(&both, "attribute=ONE"), &[])), 1);
    assert_eq!(int(&one(&inferred(&both, "attribute=TWO"), &[])), 2);
    let alone = module(place);
    assert_eq!(int(&one(&inferred(&alone, "attribute=second_part.TWO"), &[])), 2);
}

#[test]
fn archives_hold_modules() {
    let directory = tempfile::tempdir().unwrap();
    write(
        &directory.path().join("src/zipped_one/__init__.py"),
        "def f(a: int) -> int: return a + 1\n",
    );
    write(&directory.path().join("app/__main__.py"), "def g(): return __name__\n");
    let archive = |name: &str, target: &str| {
        let path = directory.path().join(target).to_str().unwrap().to_owned();
        let make = typed(&module("shutil"), "callable=make_archive", &["string8"; 3], &["string8"]);
        let base = path.rsplit_once('.').unwrap().0;
        let made = text(&one(
            &make,
            &[string(base), string("zip"), string(directory.path().join(name).to_str().unwrap())],
        ));
        std::fs::rename(made, &path).unwrap();
        path
    };
    let zip = archive("src", "lib.zip");
    let f = inferred(&module(&zip), "callable=f");
    assert_eq!(int(&one(&f, &[int64(1)])), 2);
    let named = module(&format!("{zip};zipped_one"));
    assert_eq!(int(&one(&inferred(&named, "callable=f"), &[int64(2)])), 3);
    let app = archive("app", "application.pyz");
    assert_eq!(text(&one(&inferred(&module(&app), "callable=g"), &[])), "application");
}

#[test]
fn a_module_that_is_not_there_says_where_it_was_looked_for() {
    let error = fails("no_such_module_anywhere");
    assert_eq!(error.status(), Status::NotFound);
    let message = error.message();
    assert!(message.contains("no module named \"no_such_module_anywhere\""), "{message}");
    assert!(message.contains("sys.path is ["), "{message}");
    assert!(fails("jsom").message().contains("(did you mean \"json\"?)"));
    let error = fails("/no/such/file.py");
    assert_eq!(error.status(), Status::NotFound);
    assert!(error.message().contains("/no/such/file.py"), "{error}");
    assert_eq!(fails("json;;re").status(), Status::Syntax);
    assert_eq!(fails("").status(), Status::Syntax);
}

#[test]
fn a_syntax_error_says_file_and_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("broken_syntax.py");
    write(&path, "x = 1\ndef f(:\n    pass\n");
    let error = fails(path.to_str().unwrap());
    assert_eq!(error.status(), Status::Syntax);
    assert!(error.message().contains("broken_syntax.py, line 2"), "{error}");
}

#[test]
fn a_module_that_fails_says_why_and_can_be_loaded_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("failing_module.py");
    // Each text has another length: Python knows a changed file by its size and second.
    write(&path, "import no_such_dependency_of_it\n");
    let error = fails(path.to_str().unwrap());
    assert_eq!(error.status(), Status::NotFound);
    assert!(error.message().contains("needed by"), "{error}");
    write(&path, "raise RuntimeError('not today, of all days')\n");
    let error = fails(path.to_str().unwrap());
    assert_eq!(error.status(), Status::LoadFailed);
    assert!(error.message().contains("RuntimeError: not today, of all days"), "{error}");
    write(&path, "OK = 12345678\n");
    assert_eq!(
        int(&one(&inferred(&module(path.to_str().unwrap()), "attribute=OK"), &[])),
        12345678
    );
}
