//! The runtime jvm passes the suite that every runtime passes.

mod conformance;

use std::path::{Path, PathBuf};
use std::process::Command;

use conformance::{Subject, run};
use metaffi::backend::{Backend, Options, jvm};

/// The classes of the guest, compiled by the JDK that is used.
fn classes(home: &Path) -> PathBuf {
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("conformance_jvm");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests/Conformance.java");
    let compiled = Command::new(home.join("bin/javac"))
        .args(["-parameters", "-d"])
        .arg(&to)
        .arg(source)
        .status()
        .expect("javac starts");
    assert!(compiled.success());
    to
}

#[test]
fn java_conforms() {
    let Some(home) = jdk() else {
        assert!(std::env::var_os("METAFFI_TEST_JVM").is_none(), "there is no JDK");
        eprintln!("skipped: no JDK of Java 11 or newer is found");
        return;
    };
    let options = [("home".to_owned(), home.display().to_string())];
    run(&Subject {
        backend: &jvm::Backend,
        options: Options::new("runtime jvm", jvm::Backend.options(), options).unwrap(),
        module: classes(&home).display().to_string(),
        declarations: None,
        has_methods: true,
        collect: Some("class=java.lang.System,callable=gc"),
        path: |name| format!("class=Conformance,callable={name}"),
    });
}

/// The JDK that is asked for, or the first that would be taken.
fn jdk() -> Option<PathBuf> {
    let named = std::env::var_os("METAFFI_TEST_JVM").map(PathBuf::from);
    let found = || jvm::Backend.doctor().into_iter().filter(|one| one.usable);
    let homes = || found().filter_map(|one| one.path.map(PathBuf::from));
    named.or_else(|| homes().find(|home| home.join("bin/javac").is_file()))
}
