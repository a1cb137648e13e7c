//! Headers that are read once for all modules that read the same.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::backend::c::parse::{Compiler, Declarations};
use crate::error::Result;
use crate::fork::Lock;

/// What headers say, as long as a module has it.
static READ: Lock<Vec<ReadHeaders>> = Lock::new(Vec::new());

/// Variables by which compilers find programs and headers.
const VARIABLES: [&str; 5] =
    ["PATH", "CPATH", "C_INCLUDE_PATH", "COMPILER_PATH", "GCC_EXEC_PREFIX"];

struct ReadHeaders {
    request: HeaderRequest,
    /// The files that they were made of.
    files: Arc<[FileState]>,
    declarations: Weak<Declarations>,
}

/// All that decides which files are read, and as what.
#[derive(PartialEq, Eq)]
struct HeaderRequest {
    headers: Vec<String>,
    commands: Vec<Vec<String>>,
    folder: Option<PathBuf>,
    environment: [Option<OsString>; VARIABLES.len()],
}

/// A file by what changes when somebody writes it.
#[derive(PartialEq, Eq)]
struct FileState {
    name: Arc<str>,
    size: u64,
    /// When it was written, in seconds and nanoseconds of the epoch.
    written: (i64, i64),
    device: u64,
    inode: u64,
}

impl FileState {
    /// That of a file now; `None` if there is none.
    fn of(name: &Arc<str>) -> Option<FileState> {
        let found = fs::metadata(&**name).ok()?;
        Some(FileState {
            name: name.clone(),
            size: found.len(),
            written: (found.mtime(), found.mtime_nsec()),
            device: found.dev(),
            inode: found.ino(),
        })
    }
}

/// What headers say. Modules that ask for the same share it, and do not change it.
pub(super) fn read(headers: &[String], compiler: &Compiler) -> Result<Arc<Declarations>> {
    let request = HeaderRequest {
        headers: headers.to_vec(),
        commands: compiler.commands(),
        folder: env::current_dir().ok(),
        environment: VARIABLES.map(env::var_os),
    };
    let found = READ.lock().iter().find(|one| one.request == request).and_then(|one| {
        one.declarations.upgrade().map(|declarations| (declarations, one.files.clone()))
    });
    if let Some((declarations, files)) = found
        && files.iter().all(|file| FileState::of(&file.name).as_ref() == Some(file))
    {
        return Ok(declarations);
    }
    let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let declarations = Arc::new(Declarations::default());
    let names: Vec<&str> = headers.iter().map(String::as_str).collect();
    declarations.declare_headers(&names, compiler)?;
    let files = declarations.files();
    // Those that the compiler makes up have names such as `<stdin>`.
    let files = files.iter().filter(|name| !name.starts_with('<')).map(FileState::of);
    let files: Option<Arc<[FileState]>> = files.collect();
    let mut known = READ.lock();
    known.retain(|one| one.request != request && one.declarations.strong_count() > 0);
    // What was written meanwhile may be read differently the next time.
    if let Some(files) = files.filter(|files| {
        files.iter().all(|file| u64::try_from(file.written.0).is_ok_and(|at| at < began.as_secs()))
    }) {
        let declarations = Arc::downgrade(&declarations);
        known.push(ReadHeaders { request, files, declarations });
    }
    Ok(declarations)
}

/// What headers say, to be changed by one module: its own from now on if nobody else has it, or a
/// copy.
pub(super) fn own(declarations: &Arc<Declarations>) -> Arc<Declarations> {
    let mut known = READ.lock();
    if Arc::strong_count(declarations) == 1 {
        known.retain(|one| !std::ptr::eq(one.declarations.as_ptr(), Arc::as_ptr(declarations)));
        return declarations.clone();
    }
    drop(known);
    Arc::new(declarations.copy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Module as _;
    use crate::backend::c::Module;
    use crate::backend::c::call::build;
    use crate::backend::c::call::type_handle::TypeHandle;
    use crate::backend::c::types::Convention;

    /// A folder with a header that was written long ago.
    fn folder(text: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let header = folder.path().join("shared.h");
        fs::write(&header, text).unwrap();
        age(&header);
        (folder, header.display().to_string())
    }

    fn age(header: impl AsRef<std::path::Path>) {
        let file = fs::File::options().append(true).open(header).unwrap();
        file.set_modified(SystemTime::now() - std::time::Duration::from_secs(60)).unwrap();
    }

    fn load(path: &str) -> Module {
        Module::load(path, &Default::default()).unwrap()
    }

    fn share(first: &Module, second: &Module) -> bool {
        Arc::ptr_eq(&first.declarations(), &second.declarations())
    }

    #[test]
    fn modules_share_what_they_read_alike() {
        let (_folder, header) = folder("#define N 1\nstruct s { int a; };");
        let (first, second) = (load(&header), load(&header));
        assert!(share(&first, &second));
        let option = [("define".to_owned(), "X".to_owned())];
        let options = crate::backend::Options::new("c", &super::super::settings::OPTIONS, option);
        let other = Module::load(&header, &options.unwrap()).unwrap();
        assert!(!share(&first, &other));
        fs::write(&header, "#define N 22\n").unwrap();
        age(&header);
        let changed = load(&header);
        assert!(!share(&first, &changed));
        assert!(changed.ctype("struct s").is_err() && first.ctype("struct s").is_ok());
    }

    #[test]
    fn what_one_declares_the_others_do_not_see() {
        let (_folder, header) = folder("struct s { int a; };\n#define N 1\n");
        let (first, second) = (load(&header), load(&header));
        let before = TypeHandle::from(first.ctype("struct s *").unwrap());
        first.declare("struct t { struct s *s; char c[9]; }; int f(struct t *);").unwrap();
        assert_eq!(first.size_of("struct t").unwrap(), 24);
        assert!(second.ctype("struct t").is_err() && second.declarations().get("f").is_err());
        // A name may define a struct on the way.
        assert_eq!(second.size_of("struct u { char c[3]; }").unwrap(), 3);
        assert!(second.ctype("struct u").is_ok() && first.ctype("struct u").is_err());
        assert!(load(&header).ctype("struct u").is_err());
        // Types of before are the same as those of after.
        let after = TypeHandle::from(first.ctype("struct t").unwrap());
        let mixed = build::function(&after, &[before.into()], false, Convention::Default).unwrap();
        assert_eq!(mixed.ctype().spell(), "struct t (struct s *)");
        let names = ["struct s", "struct s *"].map(|name| first.ctype(name).unwrap());
        assert_eq!(names[1].types.path(names[0].id, "a").unwrap().offset, 0);
    }

    #[test]
    fn who_is_alone_needs_no_copy() {
        let (_folder, header) = folder("struct s { int a; };\n");
        let only = load(&header);
        let before = only.declarations();
        let address = Arc::as_ptr(&before);
        drop(before);
        only.declare("int f(void);").unwrap();
        assert!(std::ptr::eq(Arc::as_ptr(&only.declarations()), address));
        assert!(load(&header).declarations().get("f").is_err());
    }
}
