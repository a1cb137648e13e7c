//! Links the shared library as cargo does not: with a soname, and so that it stays loaded. And lists the
//! classes of the part in Java, which are compiled already.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    list_classes();
    let variable = |name: &str| env::var(name).unwrap_or_default();
    // Before 1.0 a minor version may break the ABI; cmake/library.cmake says the same.
    let abi = match variable("CARGO_PKG_VERSION_MAJOR").as_str() {
        "0" => format!("0.{}", variable("CARGO_PKG_VERSION_MINOR")),
        major => major.to_owned(),
    };
    match variable("CARGO_CFG_TARGET_OS").as_str() {
        "macos" => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-install_name,@rpath/libmetaffi.{abi}.dylib")
        }
        "windows" => {}
        _ => {
            println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libmetaffi.so.{abi}");
            // What runs at the end of threads and at forks is called after a `dlclose`, too.
            println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
        }
    }
}

/// Writes a table of the names and bytes of the classes in each directory, in the order of their names.
fn list_classes() {
    const CLASSES: &str = "src/backend/jvm/classes";
    println!("cargo:rerun-if-changed={CLASSES}");
    let root =
        Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where")).join(CLASSES);
    let mut tables = String::new();
    for kind in ["base", "ffm", "compiler"] {
        println!("cargo:rerun-if-changed={CLASSES}/{kind}");
        let files = fs::read_dir(root.join(kind)).expect("the classes are there");
        let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
        // What programs see, whose names have dots, comes first: it depends on nothing of ours.
        files.sort_by_key(|file| {
            let name = file.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
            (!name.contains('.'), name)
        });
        tables += &format!("const {}: ClassFiles = &[\n", kind.to_uppercase());
        for file in files {
            let name = file.file_stem().and_then(|stem| stem.to_str()).expect("a name");
            tables +=
                &format!("    ({name:?}, include_bytes!({:?})),\n", file.display().to_string());
        }
        tables += "];\n";
    }
    let to = Path::new(&env::var_os("OUT_DIR").expect("cargo says where")).join("java_classes.rs");
    fs::write(to, tables).expect("the table is written");
}
