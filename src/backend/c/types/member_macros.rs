//! [`MemberMacros`]: macros that stand for members of whatever record has the first of their path.

use std::collections::HashMap;
use std::sync::Arc;

use super::{MemberLocation, TypeId, Types};
use crate::fork::SharedLock;

/// Macros such as `st_mtime` for `st_mtim.tv_sec`.
#[derive(Default)]
pub(in crate::backend::c) struct MemberMacros(SharedLock<MacroPaths>);

#[derive(Clone, Default)]
struct MacroPaths {
    /// Paths by the names of their macros.
    paths: HashMap<Arc<str>, Arc<str>>,
    /// Names of macros by the first members of their paths.
    by_first: HashMap<Box<str>, Vec<Arc<str>>>,
}

impl MemberMacros {
    pub(super) fn copy(&self) -> MemberMacros {
        MemberMacros(SharedLock::new(self.0.read().clone()))
    }

    /// Gives a name its path, or none.
    pub(in crate::backend::c) fn set(&self, name: &str, path: Option<&str>) {
        let known = self.0.read().paths.get(name).cloned();
        if known.as_deref() == path {
            return;
        }
        let mut macros = self.0.write();
        if let Some(path) = macros.paths.remove(name)
            && let Some(names) = macros.by_first.get_mut(first(&path))
        {
            names.retain(|known| **known != *name);
        }
        if let Some(path) = path {
            let name: Arc<str> = name.into();
            macros.by_first.entry(first(path).into()).or_default().push(name.clone());
            macros.paths.insert(name, path.into());
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<Arc<str>> {
        self.0.read().paths.get(name).cloned()
    }
}

/// The first member of a path.
fn first(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or(path)
}

impl Types {
    /// The path that a macro stands for in a record, which has its first member.
    pub fn member_macro(&self, record: TypeId, name: &str) -> Option<Arc<str>> {
        let path = self.member_macros.get(name)?;
        self.member(record, first(&path)).is_some().then_some(path)
    }

    /// The macros that stand for parts of a record, and where those are, in the order of its members
    /// and then of their names; those that are its members' names are none.
    pub fn macro_members<'a>(
        &self,
        record: TypeId,
        members: impl Iterator<Item = &'a str>,
    ) -> Vec<(Arc<str>, MemberLocation)> {
        let mut found = Vec::new();
        for member in members {
            let names = self.member_macros.0.read().by_first.get(member).cloned();
            let mut names = names.unwrap_or_default();
            names.sort_unstable();
            for name in names {
                // What is a member, too, is found as that.
                if self.member(record, &name).is_none()
                    && let Ok(place) = self.path(record, &name)
                {
                    found.push((name, place));
                }
            }
        }
        found
    }
}
