//! [`Spread`]: a call whose last arguments hold further ones.

use std::ptr;

use super::arguments::ArgumentMarshaller;
use super::keyword_names::KeywordNames;
use crate::abi::metaffi_slot;
use crate::call::MAX_SLOTS;
use crate::call::errors::failure::c_string;
use crate::error::Error;
use crate::python::api::{Api, Object, PY_VECTORCALL_ARGUMENTS_OFFSET};
use crate::python::convert::ElementLine;
use crate::python::lifecycle::gil::Gil;
use crate::python::object::PyRef;

/// A callable whose last arguments are `*args`, `**kwargs` or both.
pub struct Spread {
    /// What is called, or the name (an interned `str`) of a method of the first argument.
    pub target: PyRef,
    /// Whether it is a name.
    pub is_method: bool,
    /// Whether an argument, the last but for those of `named`, holds further positional ones.
    pub varargs: bool,
    /// How named arguments are given.
    pub named: Option<Named>,
    /// The names of the last call.
    pub names: KeywordNames,
}

/// Further arguments that are in arrays, one of which holds positional ones and one those with names.
pub struct SpreadArrays<'a> {
    /// How many arguments there are before them.
    pub own: usize,
    /// Further positional ones.
    pub positional: ElementLine<'a>,
    /// Those with names.
    pub named: ElementLine<'a>,
    /// Their names, if there are any.
    pub names: Option<PyRef>,
}

impl SpreadArrays<'_> {
    /// How many arguments there are with those in the arrays.
    pub fn count(&self) -> usize {
        self.own + self.positional.length() + self.named.length()
    }
}

/// How named arguments are given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// As a mapping, the last argument.
    Mapping,
    /// As names and as many values, the last two.
    Pairs,
}

/// A reference that is given back at the end; nothing happens if guest code leaves without that.
struct ScopedRef<'a>(&'a Api, Object);

impl ScopedRef<'_> {
    fn release(self) {
        // SAFETY: the reference is ours, and the GIL is held.
        unsafe { (self.0.Py_DecRef)(self.1) };
    }
}

impl Spread {
    /// How many arguments hold others.
    pub fn holders(&self) -> usize {
        let named = self.named.map_or(0, |named| match named {
            Named::Mapping => 1,
            Named::Pairs => 2,
        });
        named + usize::from(self.varargs)
    }

    /// What is said of arguments that Python gives by name.
    #[cold]
    pub fn no_keywords(&self) -> Error {
        Error::invalid(match self.named {
            Some(Named::Mapping) => {
                "arguments with names are in the last argument, a mapping, as the tag named_args \
                 says; load the entity without tags to give them by name"
            }
            Some(Named::Pairs) => {
                "arguments with names are in the last two arguments, as the tag named_args says; \
                 load the entity without tags to give them by name"
            }
            None => {
                "an entity with the tag varargs takes no arguments by name; load it without tags, \
                 or with named_args as well, which takes them in a mapping"
            }
        })
    }

    /// What the arrays among the arguments hold; `None` if some of it is held by anything else, or is not
    /// what [`call`](Spread::call) takes: then that says why.
    ///
    /// # Safety
    /// The frame has the layout of the signature, with its arguments filled in.
    #[inline(always)]
    pub unsafe fn arrays<'a>(
        &self,
        gil: &Gil,
        arguments: &ArgumentMarshaller,
        frame: *const metaffi_slot,
    ) -> Option<SpreadArrays<'a>> {
        let own = arguments.count() - self.holders();
        let rest = own + usize::from(self.varargs);
        let mut arrays = SpreadArrays {
            own,
            positional: ElementLine::NONE,
            named: ElementLine::NONE,
            names: None,
        };
        // SAFETY: the frame has the arguments.
        unsafe {
            if self.varargs {
                arrays.positional = arguments.line(own, frame)?;
            }
            if let Some(how) = self.named {
                if how == Named::Mapping {
                    return None;
                }
                let names = arguments.line(rest, frame)?;
                arrays.named = arguments.line(rest + 1, frame)?;
                if names.length() != arrays.named.length() {
                    return None;
                }
                if names.length() != 0 {
                    arrays.names = Some(self.names.take(gil, &names)?);
                }
            }
        }
        (arrays.count() < MAX_SLOTS).then_some(arrays)
    }

    /// Calls with `count` positional arguments and those after them, which have `names`. A new reference,
    /// or NULL with an exception set.
    ///
    /// # Safety
    /// The GIL is held, and there are so many live arguments, and one writable place before them.
    #[inline(always)]
    pub unsafe fn call_vector(
        &self,
        api: &Api,
        arguments: *const Object,
        count: usize,
        names: Object,
    ) -> Object {
        let (target, count) = (self.target.as_ptr(), count | PY_VECTORCALL_ARGUMENTS_OFFSET);
        // SAFETY: as above.
        unsafe {
            match self.is_method {
                true => (api.PyObject_VectorcallMethod)(target, arguments, count, names),
                false => (api.vectorcall)(target, arguments, count, names),
            }
        }
    }

    /// Calls with `count` arguments, of which those that hold others hold them as objects of Python. A
    /// new reference, or NULL with an exception set.
    ///
    /// # Safety
    /// The GIL is held, and there are so many live arguments, among them those that hold others.
    pub unsafe fn call(&self, api: &Api, arguments: *const Object, count: usize) -> Object {
        // SAFETY: the GIL is held, and there are so many live arguments, among them those that hold
        // others; each reference that is made is given back once.
        unsafe {
            let own = count - self.holders();
            let rest = arguments.add(own + usize::from(self.varargs));
            let Some(keywords) = self.keywords(api, rest) else { return ptr::null_mut() };
            let Some(positional) = self.positional(api, arguments, own) else {
                keywords.release();
                return ptr::null_mut();
            };
            let callable = match self.is_method {
                true => (api.PyObject_GetAttr)(*arguments, self.target.as_ptr()),
                false => {
                    (api.Py_IncRef)(self.target.as_ptr());
                    self.target.as_ptr()
                }
            };
            let result = match callable.is_null() {
                true => callable,
                false => (api.PyObject_Call)(callable, positional.1, keywords.1),
            };
            for held in [positional, keywords, ScopedRef(api, callable)] {
                held.release();
            }
            result
        }
    }

    /// A new tuple of the positional arguments.
    unsafe fn positional<'a>(
        &self,
        api: &'a Api,
        arguments: *const Object,
        own: usize,
    ) -> Option<ScopedRef<'a>> {
        // SAFETY: the arguments are as many live objects as the function takes; the GIL is held; a
        // tuple takes over the references it is given.
        unsafe {
            let rest = match self.varargs {
                true => tuple(api, *arguments.add(own)),
                false => (api.PyTuple_New)(0),
            };
            if rest.is_null() {
                return None;
            }
            let (first, more) = (usize::from(self.is_method), (api.PyTuple_Size)(rest));
            if own == first {
                return Some(ScopedRef(api, rest));
            }
            let all = (api.PyTuple_New)((own - first).cast_signed() + more);
            if !all.is_null() {
                for index in first..own {
                    put(api, all, (index - first).cast_signed(), *arguments.add(index));
                }
                for index in 0..more {
                    let item = (api.PyTuple_GetItem)(rest, index);
                    put(api, all, (own - first).cast_signed() + index, item);
                }
            }
            ScopedRef(api, rest).release();
            (!all.is_null()).then_some(ScopedRef(api, all))
        }
    }

    /// A new dict of the named arguments.
    unsafe fn keywords<'a>(&self, api: &'a Api, rest: *const Object) -> Option<ScopedRef<'a>> {
        // SAFETY: the arguments are as many live objects as the function takes; the GIL is held.
        let dict = unsafe {
            match self.named {
                Some(Named::Mapping) if *rest != api._Py_NoneStruct => {
                    let mut arguments = [ptr::null_mut(), *rest];
                    let first = arguments.as_mut_ptr().add(1);
                    api.vectorcall(api.PyDict_Type, first, 1, ptr::null_mut())
                }
                Some(Named::Pairs) => pairs(api, *rest, *rest.add(1)),
                _ => (api.PyDict_New)(),
            }
        };
        (!dict.is_null()).then_some(ScopedRef(api, dict))
    }
}

/// A new tuple of what can be iterated; an empty one for None. NULL with an exception set.
unsafe fn tuple(api: &Api, of: Object) -> Object {
    // SAFETY: the caller has a live object, and the GIL.
    unsafe {
        match of == api._Py_NoneStruct {
            true => (api.PyTuple_New)(0),
            false => (api.PySequence_Tuple)(of),
        }
    }
}

/// Puts another reference to an object into a new tuple.
unsafe fn put(api: &Api, tuple: Object, index: isize, item: Object) {
    // SAFETY: the caller has a live item and a new tuple with that place.
    unsafe {
        (api.Py_IncRef)(item);
        (api.PyTuple_SetItem)(tuple, index, item);
    }
}

/// A new dict of names to values, both of which can be iterated; NULL with an exception set.
unsafe fn pairs(api: &Api, names: Object, values: Object) -> Object {
    // SAFETY: the caller's live objects, under the GIL; each new reference is given back once.
    unsafe {
        let names = ScopedRef(api, tuple(api, names));
        if names.1.is_null() {
            return names.1;
        }
        let values = ScopedRef(api, tuple(api, values));
        let dict = match values.1.is_null() {
            true => values.1,
            false => zipped(api, names.1, values.1),
        };
        names.release();
        values.release();
        dict
    }
}

/// A new dict of the items of two tuples.
unsafe fn zipped(api: &Api, names: Object, values: Object) -> Object {
    // SAFETY: two live tuples, under the GIL.
    unsafe {
        let (count, given) = ((api.PyTuple_Size)(names), (api.PyTuple_Size)(values));
        if count != given {
            let message = format!("{count} argument names given for {given} values");
            return refuse(api, &message);
        }
        let dict = (api.PyDict_New)();
        if dict.is_null() {
            return dict;
        }
        for index in 0..count {
            let (name, value) =
                ((api.PyTuple_GetItem)(names, index), (api.PyTuple_GetItem)(values, index));
            if (api.PyDict_SetItem)(dict, name, value) != 0 {
                ScopedRef(api, dict).release();
                return ptr::null_mut();
            }
        }
        if (api.PyDict_Size)(dict) != count {
            ScopedRef(api, dict).release();
            return refuse(api, "an argument name is given twice");
        }
        dict
    }
}

/// Raises a `TypeError`.
#[cold]
unsafe fn refuse(api: &Api, message: &str) -> Object {
    // SAFETY: the GIL is held.
    unsafe { (api.PyErr_SetString)(api.PyExc_TypeError, c_string(message).as_ptr()) };
    ptr::null_mut()
}
