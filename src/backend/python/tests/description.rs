use super::*;
use crate::backend::{Entry, EntryKind};

fn find<'a>(entries: &'a [Entry], path: &str) -> &'a Entry {
    let found = entries.iter().find(|entry| entry.path == path);
    found.unwrap_or_else(|| panic!("{path} is not in {:?}", paths(entries)))
}

fn paths(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.path.as_str()).collect()
}

#[test]
fn a_module_is_described() {
    let (_directory, module) = sample("described");
    let entries = module.describe().unwrap().entities;
    let add = find(&entries, "callable=add");
    assert_eq!(add.kind, EntryKind::Function);
    assert_eq!(add.documentation.as_deref(), Some("The sum."));
    assert_eq!(add.declaration.as_deref(), Some("def add(a: int, b: int) -> int"));
    assert_eq!(add.params.as_ref().unwrap()[1].type_name, "int64");
    assert_eq!(find(&entries, "callable=Account").kind, EntryKind::Constructor);
    let deposit = find(&entries, "callable=Account.deposit,instance_required");
    assert_eq!(deposit.kind, EntryKind::Method);
    assert_eq!(deposit.params.as_ref().unwrap().len(), 2);
    assert_eq!(find(&entries, "callable=Account.open").params.as_ref().unwrap().len(), 1);
    find(&entries, "callable=Account.limit");
    let getter = find(&entries, "attribute=Account.balance,instance_required,getter");
    assert_eq!(getter.documentation.as_deref(), Some("What there is."));
    find(&entries, "attribute=Account.balance,instance_required,setter");
    find(&entries, "attribute=Account.owner,instance_required,getter");
    assert_eq!(find(&entries, "attribute=counter").kind, EntryKind::Global);
    assert!(find(&entries, "callable=gather").variadic);
    find(&entries, "callable=Derived.name,instance_required");
}

#[test]
fn everything_described_can_be_loaded() {
    let modules = ["json", "math", "statistics", "decimal", "datetime", "hashlib", "fractions"];
    for name in modules {
        let module = module(name);
        let entries = module.describe().unwrap().entities;
        assert!(entries.len() > 3, "{name}: {:?}", paths(&entries));
        for entry in &entries {
            let path = EntityPath::parse(&entry.path).unwrap();
            let loaded = module.load_entity(&path, None, None);
            let loaded = loaded.unwrap_or_else(|error| panic!("{name}: {path}: {error}"));
            let described = entry.params.as_ref().unwrap();
            assert_eq!(loaded.params().len(), described.len(), "{name}: {path}");
        }
    }
}
