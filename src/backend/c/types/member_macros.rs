//! [`MemberMacros`]: macros that stand for members of whatever record has the first of their path.

use std::collections::HashMap;
use std::sync::Arc;

use super::{MemberLocation, TypeId, Types};
use crate::fork::SharedLock;

/// Paths such as `st_mtim.tv_sec`, by the names of their macros.
#[derive(Default)]
pub(in crate::backend::c) struct MemberMacros(SharedLock<HashMap<Arc<str>, Arc<str>>>);

impl MemberMacros {
    pub(super) fn copy(&self) -> MemberMacros {
        MemberMacros(SharedLock::new(self.0.read().clone()))
    }

    /// Gives a name its path, or none.
    pub(in crate::backend::c) fn set(&self, name: &str, path: Option<&str>) {
        let mut paths = self.0.write();
        match path {
            Some(path) => drop(paths.insert(name.into(), path.into())),
            None => drop(paths.remove(name)),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<Arc<str>> {
        self.0.read().get(name).cloned()
    }

    fn names(&self) -> Vec<Arc<str>> {
        self.0.read().keys().cloned().collect()
    }
}

impl Types {
    /// The path that a macro stands for in a record, which has its first member.
    pub fn member_macro(&self, record: TypeId, name: &str) -> Option<Arc<str>> {
        let path = self.member_macros.get(name)?;
        let first = path.split(['.', '[']).next()?;
        self.member(record, first).is_some().then_some(path)
    }

    /// The macros that stand for parts of a record, and where those are; in the order of their names.
    pub fn macro_members(&self, record: TypeId) -> Vec<(Arc<str>, MemberLocation)> {
        let place = |name: Arc<str>| {
            let path = self.member_macro(record, &name)?;
            let is_member = self.member(record, &name).is_some();
            let location = self.path(record, &path).ok().filter(|_| !is_member)?;
            Some((name, location))
        };
        let mut found: Vec<_> = self.member_macros.names().into_iter().filter_map(place).collect();
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }
}
