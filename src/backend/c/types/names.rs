//! Integer types that standard headers name, following the host's data model.

use super::{Primitive, TypeId, TypeKind, Types, store::Store, target};

use Primitive::{
    Int, Long, LongLong, Short, SignedChar, UnsignedChar, UnsignedInt, UnsignedLong,
    UnsignedLongLong, UnsignedShort,
};

/// Whether `long` has 64 bits, as on Unix; on Windows it has 32.
const LP64: bool = target::LONG_SIZE == 8;
const SIGNED_64: Primitive = if LP64 { Long } else { LongLong };
const UNSIGNED_64: Primitive = if LP64 { UnsignedLong } else { UnsignedLongLong };
/// `int_fast16_t` and `int_fast32_t`, which glibc makes as wide as a register.
const FAST: Primitive = if cfg!(all(target_os = "linux", target_env = "gnu")) { Long } else { Int };
const UNSIGNED_FAST: Primitive =
    if cfg!(all(target_os = "linux", target_env = "gnu")) { UnsignedLong } else { UnsignedInt };
/// `nlink_t`, which has 32 bits on AArch64.
const LINKS: Primitive = if cfg!(target_arch = "x86_64") { UnsignedLong } else { UnsignedInt };
/// `blksize_t`, which has 32 bits on AArch64.
const BLOCK_SIZE: Primitive = if cfg!(target_arch = "x86_64") { Long } else { Int };

/// Sorted by name.
const NAMES: &[(&str, Primitive)] = &[
    ("blkcnt_t", SIGNED_64),
    ("blksize_t", BLOCK_SIZE),
    ("bool", Primitive::Bool),
    ("char16_t", Primitive::Char16),
    ("char32_t", Primitive::Char32),
    ("clock_t", SIGNED_64),
    ("clockid_t", Int),
    ("dev_t", UNSIGNED_64),
    ("gid_t", UnsignedInt),
    ("id_t", UnsignedInt),
    ("in_addr_t", UnsignedInt),
    ("in_port_t", UnsignedShort),
    ("ino_t", UNSIGNED_64),
    ("int16_t", Short),
    ("int32_t", Int),
    ("int64_t", SIGNED_64),
    ("int8_t", SignedChar),
    ("int_fast16_t", FAST),
    ("int_fast32_t", FAST),
    ("int_fast64_t", SIGNED_64),
    ("int_fast8_t", SignedChar),
    ("int_least16_t", Short),
    ("int_least32_t", Int),
    ("int_least64_t", SIGNED_64),
    ("int_least8_t", SignedChar),
    ("intmax_t", SIGNED_64),
    ("intptr_t", SIGNED_64),
    ("key_t", Int),
    ("loff_t", SIGNED_64),
    ("mode_t", UnsignedInt),
    ("nlink_t", LINKS),
    ("off64_t", SIGNED_64),
    ("off_t", SIGNED_64),
    ("pid_t", Int),
    ("ptrdiff_t", SIGNED_64),
    ("rlim_t", UNSIGNED_64),
    ("sa_family_t", UnsignedShort),
    ("size_t", UNSIGNED_64),
    ("socklen_t", UnsignedInt),
    ("ssize_t", SIGNED_64),
    ("suseconds_t", SIGNED_64),
    ("time_t", SIGNED_64),
    ("u_char", UnsignedChar),
    ("u_int", UnsignedInt),
    ("u_long", UnsignedLong),
    ("u_short", UnsignedShort),
    ("uid_t", UnsignedInt),
    ("uint", UnsignedInt),
    ("uint16_t", UnsignedShort),
    ("uint32_t", UnsignedInt),
    ("uint64_t", UNSIGNED_64),
    ("uint8_t", UnsignedChar),
    ("uint_fast16_t", UNSIGNED_FAST),
    ("uint_fast32_t", UNSIGNED_FAST),
    ("uint_fast64_t", UNSIGNED_64),
    ("uint_fast8_t", UnsignedChar),
    ("uint_least16_t", UnsignedShort),
    ("uint_least32_t", UnsignedInt),
    ("uint_least64_t", UNSIGNED_64),
    ("uint_least8_t", UnsignedChar),
    ("uintmax_t", UNSIGNED_64),
    ("uintptr_t", UNSIGNED_64),
    ("ulong", UnsignedLong),
    ("useconds_t", UnsignedInt),
    ("ushort", UnsignedShort),
    ("wchar_t", Primitive::WChar),
    ("wint_t", UnsignedInt),
];

fn primitive(name: &str) -> Option<Primitive> {
    let index = NAMES.binary_search_by_key(&name, |(name, _)| name).ok()?;
    Some(NAMES[index].1)
}

impl Types {
    /// The type a typedef name stands for: one declared here, else a well-known one.
    pub fn named(&self, name: &str) -> Option<TypeId> {
        let mut store = self.write();
        if let Some(id) = store.aliased(name) {
            store.found(id);
            return Some(id);
        }
        if matches!(name, "va_list" | "__builtin_va_list" | "__gnuc_va_list") {
            return Some(store.intern(TypeKind::VaList));
        }
        let primitive = primitive(name)?;
        let target = store.intern(TypeKind::Primitive(primitive));
        if primitive.name() == name {
            return Some(target);
        }
        Some(store.intern(TypeKind::Alias { name: name.into(), target, align: None }))
    }

    /// Every well-known type name, sorted.
    pub fn well_known_names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }
}

impl Store {
    /// The character type a header means by `typedef <integer> wchar_t`.
    pub(super) fn character(&mut self, name: &str, target: TypeId) -> Option<TypeId> {
        let own = match name {
            "wchar_t" => Primitive::WChar,
            "char16_t" => Primitive::Char16,
            "char32_t" => Primitive::Char32,
            _ => return None,
        };
        let same_size = self.integer(target)?.size() == own.size();
        same_size.then(|| self.intern(TypeKind::Primitive(own)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn names_follow_the_hosts_data_model() {
        let types = Types::new();
        for (name, size) in [
            ("size_t", size_of::<usize>()),
            ("int_fast16_t", size_of::<libc::c_long>()),
            ("off_t", size_of::<libc::off_t>()),
            ("mode_t", size_of::<libc::mode_t>()),
            ("nlink_t", size_of::<libc::nlink_t>()),
            ("wchar_t", size_of::<libc::wchar_t>()),
            ("va_list", target::VA_LIST_SIZE),
        ] {
            let id = types.named(name).unwrap();
            assert_eq!(types.size(id).unwrap(), size, "{name}");
        }
        assert_eq!(types.named("no_such_t"), None);
    }

    #[test]
    fn a_declared_name_comes_before_a_well_known_one() {
        let types = Types::new();
        let float = types.primitive(Primitive::Float);
        assert_eq!(types.spell(types.named("time_t").unwrap()), "time_t");
        let own = types.alias("time_t", float, None).unwrap();
        assert_eq!(types.named("time_t"), Some(own));
        assert_eq!(types.read().aliased("pid_t"), None);
    }

    #[test]
    fn a_headers_own_wchar_t_is_still_a_character() {
        let types = Types::new();
        let int = types.primitive(Primitive::Int);
        let id = types.alias("wchar_t", int, None).unwrap();
        assert_eq!(types.kind(id), TypeKind::Primitive(Primitive::WChar));
    }
}
