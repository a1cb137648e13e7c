//! Headers that are read once for all modules that read the same.

use std::collections::{BTreeSet, HashSet};
use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
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
    /// The files that they were made of, and the folders where others would go before these.
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

/// A file or folder by what changes when somebody writes there.
#[derive(PartialEq, Eq)]
struct FileState {
    path: PathBuf,
    size: u64,
    /// When it was written, in seconds and nanoseconds of the epoch.
    written: (i64, i64),
    device: u64,
    inode: u64,
}

impl FileState {
    /// That of a file now; `None` if there is none.
    fn of(path: &Path) -> Option<FileState> {
        let found = fs::metadata(path).ok()?;
        Some(FileState {
            path: path.to_owned(),
            size: found.len(),
            written: (found.mtime(), found.mtime_nsec()),
            device: found.dev(),
            inode: found.ino(),
        })
    }
}

/// The folders in which a new file or folder would be read instead of one of these files: those that
/// are searched before the one where it was found, and those of the files that may include it. Of
/// what is not there, the innermost folder that is.
fn folders_before(files: &[FileState], searched: &[String]) -> BTreeSet<PathBuf> {
    let parents: BTreeSet<&Path> = files.iter().filter_map(|file| file.path.parent()).collect();
    let mut found = BTreeSet::new();
    let mut seen = HashSet::new();
    for file in files {
        for (index, folder) in searched.iter().enumerate() {
            let inner = file.path.strip_prefix(folder).ok().and_then(Path::parent);
            let Some(inner) = inner.filter(|inner| seen.insert((index, *inner))) else { continue };
            let earlier = searched[..index].iter().map(Path::new);
            found.extend(earlier.chain(parents.iter().copied()).map(|folder| folder.join(inner)));
        }
    }
    let there = |folder: &PathBuf| folder.ancestors().find(|one| one.is_dir()).map(Path::to_owned);
    found.iter().filter_map(there).collect()
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
        && files.iter().all(|file| FileState::of(&file.path).as_ref() == Some(file))
    {
        return Ok(declarations);
    }
    let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let declarations = Arc::new(Declarations::default());
    let names: Vec<&str> = headers.iter().map(String::as_str).collect();
    let searched = declarations.declare_headers(&names, compiler)?;
    let files = declarations.files();
    // Those that the compiler makes up have names such as `<stdin>`.
    let files = files.iter().filter(|name| !name.starts_with('<'));
    let files: Option<Vec<FileState>> =
        files.map(|name| FileState::of(Path::new(&**name))).collect();
    let mut known = READ.lock();
    known.retain(|one| one.request != request && one.declarations.strong_count() > 0);
    let Some(mut files) = files else { return Ok(declarations) };
    let folders = folders_before(&files, &searched);
    files.extend(folders.iter().filter_map(|folder| FileState::of(folder)));
    // What was written meanwhile may be read differently the next time.
    if files.iter().all(|file| u64::try_from(file.written.0).is_ok_and(|at| at < began.as_secs())) {
        let declarations = Arc::downgrade(&declarations);
        known.push(ReadHeaders { request, files: files.into(), declarations });
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
    use crate::backend::c::parse::{ConstantValue, Item};
    use crate::backend::c::types::Convention;

    /// A folder with a header that was written long ago.
    fn folder(text: &str) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        let header = folder.path().join("shared.h");
        fs::write(&header, text).unwrap();
        age(&header);
        age(folder.path());
        (folder, header.display().to_string())
    }

    fn age(header: impl AsRef<std::path::Path>) {
        let file = fs::File::open(header).unwrap();
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
    fn a_file_that_goes_before_another_is_read() {
        let (folder, header) = folder("#include <inner/value.h>\n#include \"beside.h\"\n");
        let path = |name: &str| folder.path().join(name).display().to_string();
        for (name, value) in [("inner/value", 1), ("beside", 1)] {
            let file = path(&format!("second/{name}.h"));
            let parent = Path::new(&file).parent().unwrap();
            fs::create_dir_all(parent).unwrap();
            fs::write(&file, format!("enum {{ {}_VALUE = {value} }};", &name[..5])).unwrap();
            age(&file);
        }
        for name in ["second/inner", "second", ""] {
            age(path(name));
        }
        let include = ["first", "second"].map(|name| ("include_dirs".to_owned(), path(name)));
        let options = crate::backend::Options::new("c", &super::super::settings::OPTIONS, include);
        let options = options.unwrap();
        let load = || Module::load(&header, &options).unwrap();
        let value =
            |module: &Module, name: &str| match module.declarations().get(name).unwrap().item {
                Item::Constant(constant) => constant.value,
                other => panic!("{other:?}"),
            };
        let before = load();
        assert!(share(&before, &load()));
        // In a folder that was not there.
        fs::create_dir_all(path("first/inner")).unwrap();
        fs::write(path("first/inner/value.h"), "enum { inner_VALUE = 2 };").unwrap();
        let after = load();
        assert_eq!(value(&before, "inner_VALUE"), ConstantValue::Integer(1));
        assert_eq!(value(&after, "inner_VALUE"), ConstantValue::Integer(2));
        for name in ["first/inner/value.h", "first/inner", "first", ""] {
            age(path(name));
        }
        let before = load();
        assert!(share(&before, &load()));
        // Beside the file that includes it.
        fs::write(path("beside.h"), "enum { besid_VALUE = 3 };").unwrap();
        assert_eq!(value(&before, "besid_VALUE"), ConstantValue::Integer(1));
        assert_eq!(value(&load(), "besid_VALUE"), ConstantValue::Integer(3));
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
