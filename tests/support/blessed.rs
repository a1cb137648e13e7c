//! Files of the repository that are made of others, and checked to be what those say.

use std::path::Path;
use std::{env, fs, process};

/// Checks that a file has that text, or lets it have it if changes are being blessed.
///
/// It changes in one step: whoever reads it meanwhile sees the old text or the new one.
pub(crate) fn check(path: &Path, text: &str, bless: &str) {
    if env::var_os("METAFFI_BLESS").is_some() {
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}", process::id()));
        fs::write(&beside, text).unwrap();
        fs::rename(&beside, path).unwrap();
    }
    assert!(
        fs::read_to_string(path).unwrap_or_default() == text,
        "{} is out of date; read the change, and if it is meant: METAFFI_BLESS=1 {bless}",
        path.display()
    );
}
