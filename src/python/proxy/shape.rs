//! What classes of `collections.abc` the proxies of a type are instances of.

use crate::error::Result;
use crate::object::Capabilities;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;
use crate::python::support;

const SOURCE: &str = include_str!("../support/shapes.py");

/// Makes a type what its capabilities say it is, with the methods that such a class has.
pub(super) fn finish(gil: &Gil, r#type: &PyRef, shown: Capabilities) -> Result<()> {
    use Capabilities as Can;
    let is = |has, name| shown.has(has).then_some(name);
    let names: Vec<&str> = [
        is(Can::SEQUENCE, "Sequence"),
        is(Can::MUTABLE_SEQUENCE, "MutableSequence"),
        is(Can::MAPPING, "Mapping"),
        is(Can::MAPPING | Can::WRITE_ENTRIES | Can::DELETE_ENTRIES, "MutableMapping"),
        is(Can::SET, "Set"),
    ]
    .into_iter()
    .flatten()
    .collect();
    if names.is_empty() {
        return Ok(());
    }
    let module = support::module(gil, c"_metaffi.shapes", SOURCE)?;
    let finish = module.attribute(gil, c"finish")?;
    support::call(gil, &finish, &[r#type, &support::texts(gil, &names)?]).map(drop)
}
