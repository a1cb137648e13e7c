//! [`Exchanged`]: an object that is what was handed over.

use std::sync::Arc;

use super::{Columns, OwnedColumns, OwnedSchema, OwnedStream, Tensor};
use crate::abi::metaffi_array;
use crate::error::{Error, Result};
use crate::fork::Lock;
use crate::handle::{self, Extension, ForeignObject, Key, ObjectType};
use crate::object::{Capabilities, HOST, Protocol, TextKind, refuse, used_by};
use crate::value::array::OwnedArray;

/// A tensor, a column or a stream as an object, which every runtime shows as such.
pub enum Exchanged {
    /// A tensor.
    Tensor(Arc<Tensor>),
    /// A column, or the columns of a table.
    Columns(Arc<Columns>),
    /// A stream, until somebody has taken it.
    Stream(Lock<Option<OwnedStream>>),
}

static PROTOCOL: &dyn Protocol = &ExchangedProtocol;

impl Exchanged {
    /// A handle of a new object.
    pub fn into_handle(self) -> Result<Key> {
        handle::insert_object(Arc::new(self))
    }

    /// Its numbers as an array, which keeps it; or why they cannot be one.
    fn array(&self) -> Result<OwnedArray> {
        match self {
            Exchanged::Tensor(tensor) => Tensor::to_array(tensor),
            Exchanged::Columns(columns) => Columns::to_array(columns),
            Exchanged::Stream(_) => Err(Error::unsupported("a stream shows no memory")),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Exchanged::Tensor(_) => "Tensor",
            Exchanged::Columns(_) => "ArrowArray",
            Exchanged::Stream(_) => "ArrowArrayStream",
        }
    }
}

impl ObjectType for Exchanged {
    const EXTENSION: Extension = used_by(&PROTOCOL);
}

impl ForeignObject for Exchanged {
    fn runtime(&self) -> &str {
        HOST
    }

    fn type_name(&self) -> String {
        self.name().to_owned()
    }

    fn identity(&self) -> u64 {
        std::ptr::from_ref(self).addr() as u64
    }
}

struct ExchangedProtocol;

impl Protocol for ExchangedProtocol {
    fn capabilities(&self, object: Key) -> Result<Capabilities> {
        use Capabilities as Can;
        let exchanged = handle::get::<Exchanged>(object)?;
        let shown = match exchanged.array() {
            Ok(array) => Can::BUFFER | Can::WRITE_BUFFER.when(!array.view().is_read_only()),
            Err(_) => Can::NONE,
        };
        let given = match &*exchanged {
            Exchanged::Tensor(_) => Can::DLPACK,
            Exchanged::Columns(_) => Can::ARROW_ARRAY | Can::ARROW_SCHEMA | Can::LENGTH,
            Exchanged::Stream(_) => Can::ARROW_STREAM | Can::ARROW_SCHEMA,
        };
        Ok(Can::HOST_OBJECT | Can::HASH | given | shown)
    }

    fn length(&self, object: Key) -> Result<usize> {
        match &*handle::get::<Exchanged>(object)? {
            Exchanged::Columns(columns) => Ok(columns.length()),
            _ => Err(refuse(object, Capabilities::LENGTH)),
        }
    }

    fn truth(&self, _: Key) -> Result<bool> {
        Ok(true)
    }

    fn text(&self, object: Key, _: TextKind) -> Result<String> {
        Ok(format!("<{}>", handle::get::<Exchanged>(object)?.name()))
    }

    fn buffer(&self, object: Key, writable: bool) -> Result<*mut metaffi_array> {
        let exchanged = handle::get::<Exchanged>(object)?;
        if let Exchanged::Stream(_) = &*exchanged {
            return Err(refuse(object, Capabilities::BUFFER));
        }
        let array = exchanged.array()?;
        match writable && array.view().is_read_only() {
            true => Err(refuse(object, Capabilities::WRITE_BUFFER)),
            false => Ok(array.into_raw()),
        }
    }

    fn tensor(&self, object: Key) -> Result<Tensor> {
        match &*handle::get::<Exchanged>(object)? {
            Exchanged::Tensor(tensor) => Ok(Tensor::share(tensor)),
            exchanged => Tensor::of_array(exchanged.array()?),
        }
    }

    fn columns(&self, object: Key) -> Result<(OwnedSchema, OwnedColumns)> {
        match &*handle::get::<Exchanged>(object)? {
            Exchanged::Columns(columns) => Ok(Columns::share(columns)),
            exchanged => super::column(exchanged.array()?),
        }
    }

    fn schema(&self, object: Key) -> Result<OwnedSchema> {
        match &*handle::get::<Exchanged>(object)? {
            Exchanged::Columns(columns) => Ok(Columns::schema(columns)),
            Exchanged::Stream(stream) => {
                // Whoever asks it has it meanwhile: it may run anything.
                let mut taken = stream.lock().take().ok_or_else(gone)?;
                let schema = taken.schema();
                *stream.lock() = Some(taken);
                schema
            }
            Exchanged::Tensor(_) => Err(refuse(object, Capabilities::ARROW_SCHEMA)),
        }
    }

    fn stream(&self, object: Key) -> Result<OwnedStream> {
        match &*handle::get::<Exchanged>(object)? {
            Exchanged::Stream(stream) => stream.lock().take().ok_or_else(gone),
            _ => Err(refuse(object, Capabilities::ARROW_STREAM)),
        }
    }
}

fn gone() -> Error {
    Error::invalid("this stream is read once: somebody has it already").in_runtime(HOST)
}
