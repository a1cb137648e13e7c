/*
 * metaffi: call code in any language, in the same process.
 *
 * Conventions
 *
 * **Names.** `metaffi_<noun>_<verb>`. `_new`, `_load` and `_enter` create; `_clone` gives another
 * handle for the same thing; `_free` and `_leave` end one handle. `_free(NULL)` is fine.
 *
 * **Arguments** come in this order: the noun itself, inputs (a pointer and its length side by side),
 * outputs, and `metaffi_error **error` last. `error` may be NULL. Every other output must not be NULL
 * unless its function says so. Outputs are zeroed on entry and written only on success. Where a list may
 * be left unsaid, such as the types of an entity that its module declares, its count is
 * `METAFFI_UNSPECIFIED`, or it is NULL with a count of 0.
 *
 * **Status.** Functions that can fail return `metaffi_status`: `METAFFI_OK` (0), or why not. If you
 * asked for it, `*error` is then an error of your own: read it, and `metaffi_error_free` it. It is
 * never kept per thread, except for calls through native function pointers, which have no other way
 * (`metaffi_error_take_pending`).
 *
 * **Ownership.** Inputs are borrowed for the call, and nothing is consumed. What a function gives you
 * is yours: handles to be freed with the `_free` of their noun, values to be cleared with
 * `metaffi_value_clear`, memory to be freed with `metaffi_free`. Texts that a query returns as
 * `const char *` are borrowed from the handle that was asked. A `metaffi_value` or `metaffi_array`
 * that you fill in yourself is borrowed by whoever you pass it to, and never cleared by anybody.
 *
 * **Handles** are keys, not addresses. NULL, a handle freed already, a handle of another kind, one of
 * another copy of metaffi in the process and an ordinary pointer are recognised and refused with
 * `METAFFI_STATUS_INVALID_HANDLE`. As a number a handle has less than 47 bits, so that a double holds
 * it exactly. On 64-bit systems it lies between 0x400000000000 and 0x4fffffffffff, where nothing is
 * mapped: a garbage collector that finds one does not take it for its own. A freed key comes back at
 * the earliest after a billion other handles. Freeing a handle that other threads are using is safe: it
 * takes effect when their calls return.
 *
 * **Text** is UTF-8. Lengths count bytes of UTF-8, 16-bit units of UTF-16, code points of UTF-32, and
 * never a terminator; a zero inside is text. Malformed text is an error that says where. Text that
 * metaffi gives you has a zero behind it as well.
 *
 * **Sizes.** Names, paths, texts of types, aliases and messages have at most a mebibyte, and lists of
 * parameters, members and options 65 536 elements: more is `METAFFI_STATUS_OUT_OF_RANGE`. For text,
 * arrays, objects and declarations there is no limit but memory: what cannot be allocated is
 * `METAFFI_STATUS_OUT_OF_MEMORY`, never the end of the process.
 *
 * **Numbers** are exact. A value that does not fit the declared type is an error, never wrapped.
 *
 * **Threads.** Every function may be called from any thread at any time. Only a scope is bound to the
 * thread that entered it. Two threads that write the same array or C memory must agree on it, as in C.
 *
 * **Exceptions.** C++ exceptions and `longjmp` pass through the functions that call
 * (`…_call`, `…_call_frame`, native function pointers) and through callbacks, in either direction.
 * What a call uses is let go as an exception passes; a `longjmp` out of a call leaves it in use, for
 * good, which costs some memory. It must not skip frames of Python, which keeps addresses of them.
 * Prefer to return a failure. A finalizer may be left by the end of its thread, and by an exception where
 * a call passes it; in a `…_free` it lets nothing pass.
 * All other functions let nothing pass. A defect in metaffi itself is reported as
 * `METAFFI_STATUS_INTERNAL`.
 *
 * **Callbacks** come as a function, a `userdata` pointer and a finalizer. The function may be called
 * from any thread, by several at once, and may call metaffi. It fails by returning a status and storing an
 * error; one that it stores is its failure even if it returns `METAFFI_OK`. The finalizer runs exactly once,
 * after the last call has left the function, on whatever thread drops the last use.
 *
 * **Failures of callbacks** go to whoever called, if that can be told: a call by values or by frame returns
 * them, a runtime raises them. C code that calls a function pointer cannot be told. It gets zero, and the
 * failure goes, at once, to the first of these that is there: the call from a host language (Python's) that
 * runs the C code, which ends with the first such failure; the error handler of the callable
 * (`metaffi_callable_set_error_handler`); what reports failures that nobody catches, which is Python's
 * `sys.unraisablehook` for its functions, and for all in a process whose host is Python, and standard error
 * for all others. An entity's native pointer keeps its latest failure for its thread
 * (`metaffi_error_take_pending`).
 *
 * **Error handlers** run on the thread that made the failing call, on several threads at once if several fail.
 * One handler is for all function pointers of a callable, also for those made before it was set, and for calls
 * that come after the callable was freed: its `userdata` has no finalizer and must outlive every such call.
 * A call that is under way may still use the handler it was replaced by. A handler may call metaffi, and free
 * the callable. It must not throw, and what fails in it is its own affair: the C code gets its zero.
 *
 * **`errno`** is left as the called C function left it.
 */

#ifndef METAFFI_H
#define METAFFI_H

/* Generated from the Rust sources by cbindgen: change those. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct DLManagedTensor;
struct DLManagedTensorVersioned;
struct ArrowSchema;
struct ArrowArray;
struct ArrowArrayStream;

/**
 * No type: the handle is not valid.
 */
#define METAFFI_CTYPE_KIND_NONE 0

/**
 * `void`
 */
#define METAFFI_CTYPE_KIND_VOID 1

/**
 * `_Bool`
 */
#define METAFFI_CTYPE_KIND_BOOL 2

/**
 * An integer, characters included, of 1 to 16 bytes.
 */
#define METAFFI_CTYPE_KIND_INTEGER 3

/**
 * A real floating type.
 */
#define METAFFI_CTYPE_KIND_FLOAT 4

/**
 * A complex floating type.
 */
#define METAFFI_CTYPE_KIND_COMPLEX 5

/**
 * A pointer.
 */
#define METAFFI_CTYPE_KIND_POINTER 6

/**
 * An array.
 */
#define METAFFI_CTYPE_KIND_ARRAY 7

/**
 * A struct.
 */
#define METAFFI_CTYPE_KIND_STRUCT 8

/**
 * A union.
 */
#define METAFFI_CTYPE_KIND_UNION 9

/**
 * An enum.
 */
#define METAFFI_CTYPE_KIND_ENUM 10

/**
 * A function.
 */
#define METAFFI_CTYPE_KIND_FUNCTION 11

/**
 * A vector, as of `__attribute__((vector_size(n)))`.
 */
#define METAFFI_CTYPE_KIND_VECTOR 12

/**
 * `va_list`
 */
#define METAFFI_CTYPE_KIND_VA_LIST 13

/**
 * No primitive type.
 */
#define METAFFI_PRIMITIVE_NONE 0

/**
 * `void`
 */
#define METAFFI_PRIMITIVE_VOID 1

/**
 * `_Bool`
 */
#define METAFFI_PRIMITIVE_BOOL 2

/**
 * `char`
 */
#define METAFFI_PRIMITIVE_CHAR 3

/**
 * `signed char`
 */
#define METAFFI_PRIMITIVE_SIGNED_CHAR 4

/**
 * `unsigned char`
 */
#define METAFFI_PRIMITIVE_UNSIGNED_CHAR 5

/**
 * `short`
 */
#define METAFFI_PRIMITIVE_SHORT 6

/**
 * `unsigned short`
 */
#define METAFFI_PRIMITIVE_UNSIGNED_SHORT 7

/**
 * `int`
 */
#define METAFFI_PRIMITIVE_INT 8

/**
 * `unsigned int`
 */
#define METAFFI_PRIMITIVE_UNSIGNED_INT 9

/**
 * `long`
 */
#define METAFFI_PRIMITIVE_LONG 10

/**
 * `unsigned long`
 */
#define METAFFI_PRIMITIVE_UNSIGNED_LONG 11

/**
 * `long long`
 */
#define METAFFI_PRIMITIVE_LONG_LONG 12

/**
 * `unsigned long long`
 */
#define METAFFI_PRIMITIVE_UNSIGNED_LONG_LONG 13

/**
 * `__int128`
 */
#define METAFFI_PRIMITIVE_INT128 14

/**
 * `unsigned __int128`
 */
#define METAFFI_PRIMITIVE_UNSIGNED_INT128 15

/**
 * `wchar_t`
 */
#define METAFFI_PRIMITIVE_WCHAR 16

/**
 * `char16_t`
 */
#define METAFFI_PRIMITIVE_CHAR16 17

/**
 * `char32_t`
 */
#define METAFFI_PRIMITIVE_CHAR32 18

/**
 * `_Float16`
 */
#define METAFFI_PRIMITIVE_FLOAT16 19

/**
 * `float`
 */
#define METAFFI_PRIMITIVE_FLOAT 20

/**
 * `double`
 */
#define METAFFI_PRIMITIVE_DOUBLE 21

/**
 * `long double`
 */
#define METAFFI_PRIMITIVE_LONG_DOUBLE 22

/**
 * `_Float128`
 */
#define METAFFI_PRIMITIVE_FLOAT128 23

/**
 * `_Complex float`
 */
#define METAFFI_PRIMITIVE_COMPLEX_FLOAT 24

/**
 * `_Complex double`
 */
#define METAFFI_PRIMITIVE_COMPLEX_DOUBLE 25

/**
 * `_Complex long double`
 */
#define METAFFI_PRIMITIVE_COMPLEX_LONG_DOUBLE 26

/**
 * The platform's own convention.
 */
#define METAFFI_CONVENTION_DEFAULT 0

/**
 * System V x86-64: `__attribute__((sysv_abi))`.
 */
#define METAFFI_CONVENTION_SYSV 1

/**
 * Microsoft x64: `__attribute__((ms_abi))`.
 */
#define METAFFI_CONVENTION_MS 2

/**
 * As `bits` of a metaffi_ctype_field: `: 0`.
 */
#define METAFFI_BITS_END -1

/**
 * The functions of a class return soon, and wait for nobody who may be waiting for a runtime: those
 * that call them keep their lock, as Python its GIL.
 */
#define METAFFI_CLASS_QUICK 1

#if defined(__cplusplus) || defined(__clang__)

/**
 * As the count of a list: nothing is said. The types of an entity are what its module declares; a
 * struct is declared without its members.
 *
 * A NULL pointer with a count of 0 says the same. A pointer that is not NULL, as that of an empty
 * list is in some languages, says with a count of 0 that there are none. The number is one that
 * integers and floating numbers of every language hold.
 */
static const size_t METAFFI_UNSPECIFIED = (size_t)2147483647;
#define METAFFI_UNSPECIFIED ((size_t)2147483647)

#else

#define METAFFI_UNSPECIFIED 2147483647ULL

#endif

/**
 * The version of the ABI: programs built against one number run with every library that reports
 * the same.
 */
#define METAFFI_ABI 0

/**
 * A function passed as a value.
 */
typedef struct metaffi_callable metaffi_callable;

/**
 * A C function pointer made before its type is known.
 */
typedef struct metaffi_closure metaffi_closure;

/**
 * A C type.
 */
typedef struct metaffi_ctype metaffi_ctype;

/**
 * A loaded entity: something that can be called.
 */
typedef struct metaffi_entity metaffi_entity;

/**
 * What went wrong.
 */
typedef struct metaffi_error metaffi_error;

/**
 * A loaded module.
 */
typedef struct metaffi_module metaffi_module;

/**
 * The name of an attribute or of an argument, interned.
 */
typedef struct metaffi_name metaffi_name;

/**
 * A reference to something that lives in a runtime.
 */
typedef struct metaffi_object metaffi_object;

/**
 * A loaded runtime.
 */
typedef struct metaffi_runtime metaffi_runtime;

/**
 * A runtime entered for a batch of calls.
 */
typedef struct metaffi_scope metaffi_scope;

/**
 * Something that is awaited, until it is done.
 */
typedef struct metaffi_task metaffi_task;

/**
 * What a function reports: `METAFFI_OK`, or one of the other `METAFFI_STATUS_…` numbers.
 *
 * Numbers are never reused.
 */
typedef uint32_t metaffi_status;

/**
 * The type of a value: one of the `metaffi_…_type` numbers, possibly with
 * `metaffi_array_type` and `metaffi_packed_type` added. Bit flags; numbers are never reused.
 */
typedef uint64_t metaffi_type;

/**
 * An array: a view of elements in memory, n-dimensional, with strides.
 *
 * Fill one in yourself to lend memory for a call (`release` NULL), or have one made by
 * `metaffi_array_new` or `metaffi_array_borrow` and free it with `metaffi_array_free`.
 *
 * Elements are plain numbers, or `metaffi_string` for strings, `metaffi_value` for any,
 * `metaffi_object *` for handles, `metaffi_callable *` for callables, and `metaffi_array *`
 * where `element` itself is an array type: that is how arrays are ragged.
 */
typedef struct metaffi_array {
  /**
   * The first element.
   */
  void *data;
  /**
   * The type of one element: this array's type without its `metaffi_array_type` flag, or with
   * it when each element is itself a `metaffi_array *`.
   */
  metaffi_type element;
  /**
   * The number of dimensions of `shape`, at least 1.
   */
  size_t rank;
  /**
   * `rank` extents, in elements.
   */
  const size_t *shape;
  /**
   * `rank` distances, in bytes, or NULL: contiguous in C order.
   */
  const ptrdiff_t *strides;
  /**
   * How `metaffi_array_free` gives the array back; NULL: nothing to free.
   */
  void (*release)(struct metaffi_array *array);
  /**
   * Belongs to `release`.
   */
  void *owner;
} metaffi_array;

/**
 * Called exactly once, on whatever thread drops the last use, when `userdata` is no longer needed.
 */
typedef void (*metaffi_finalizer)(void *userdata);

/**
 * Text: a pointer and a length in code units (bytes of UTF-8, 16-bit units of UTF-16, code
 * points of UTF-32), not NUL-terminated. A NULL `data` is "no string".
 */
typedef struct metaffi_string {
  /**
   * The first code unit.
   */
  const void *data;
  /**
   * How many code units.
   */
  size_t length;
} metaffi_string;

/**
 * An integer of any size.
 */
typedef struct metaffi_bigint {
  /**
   * Whether it is below 0.
   */
  bool negative;
  /**
   * The bytes of its absolute value, the least significant first.
   */
  const uint8_t *magnitude;
  /**
   * How many bytes; 0 for zero. One that metaffi made has no zeroes at the end.
   */
  size_t length;
} metaffi_bigint;

/**
 * A decimal number of any precision, or none: with the digits it was written with.
 */
typedef struct metaffi_decimal {
  /**
   * UTF-8: `-12.50`, `1E+3`; `Infinity`, `-Infinity`, `NaN`, `sNaN` and digits behind these two.
   * One that metaffi made ends in a zero that the length does not count.
   */
  struct metaffi_string text;
} metaffi_decimal;

/**
 * A complex number.
 */
typedef struct metaffi_complex {
  /**
   * The real part.
   */
  double real;
  /**
   * The imaginary part.
   */
  double imaginary;
} metaffi_complex;

/**
 * A day of the Gregorian calendar, continued before it was introduced.
 */
typedef struct metaffi_date {
  /**
   * The year; 0 is the one before year 1.
   */
  int32_t year;
  /**
   * 1 to 12.
   */
  uint8_t month;
  /**
   * 1 to 31.
   */
  uint8_t day;
} metaffi_date;

/**
 * A time of day, with or without a place.
 */
typedef struct metaffi_time {
  /**
   * 0 to 23.
   */
  uint8_t hour;
  /**
   * 0 to 59.
   */
  uint8_t minute;
  /**
   * 0 to 59.
   */
  uint8_t second;
  /**
   * 1 for the later one of two equal times when clocks are set back, otherwise 0.
   */
  uint8_t fold;
  /**
   * 0 to 999999999.
   */
  uint32_t nanosecond;
  /**
   * Whether `offset` is known.
   */
  bool has_offset;
  /**
   * Seconds by which the clock is ahead of UTC, less than a day; 0 if not known.
   */
  int32_t offset;
  /**
   * The name of the time zone in UTF-8, as `Europe/Paris`, or NULL: none. With neither offset nor
   * zone the time is that of any place.
   */
  struct metaffi_string zone;
} metaffi_time;

/**
 * A day and a time of it.
 */
typedef struct metaffi_datetime {
  /**
   * The day.
   */
  struct metaffi_date date;
  /**
   * The time of the day.
   */
  struct metaffi_time time;
} metaffi_datetime;

/**
 * A span of time: `seconds` and the part of one that comes on top.
 */
typedef struct metaffi_duration {
  /**
   * Whole seconds, rounded down: those of -0.5 s are -1.
   */
  int64_t seconds;
  /**
   * 0 to 999999999, also if `seconds` is negative.
   */
  uint32_t nanoseconds;
} metaffi_duration;

/**
 * The name of a time zone.
 */
typedef struct metaffi_zone {
  /**
   * UTF-8, as `Europe/Paris`. One that metaffi made ends in a zero that the length does not count.
   */
  struct metaffi_string name;
} metaffi_zone;

/**
 * A universally unique identifier.
 */
typedef struct metaffi_uuid {
  /**
   * Its bytes in the order in which they are written.
   */
  uint8_t bytes[16];
} metaffi_uuid;

/**
 * The integers from `start` in steps of `step`, as long as `stop` is not reached.
 */
typedef struct metaffi_range {
  /**
   * The first.
   */
  int64_t start;
  /**
   * The first that is not in it any more.
   */
  int64_t stop;
  /**
   * The difference; not 0.
   */
  int64_t step;
} metaffi_range;

/**
 * What a [`metaffi_value`] holds; its type says which member.
 */
typedef union metaffi_payload {
  /**
   * `metaffi_float64_type`
   */
  double float64;
  /**
   * `metaffi_float32_type`
   */
  float float32;
  /**
   * `metaffi_int8_type`
   */
  int8_t int8;
  /**
   * `metaffi_int16_type`
   */
  int16_t int16;
  /**
   * `metaffi_int32_type`
   */
  int32_t int32;
  /**
   * `metaffi_int64_type`
   */
  int64_t int64;
  /**
   * `metaffi_uint8_type`
   */
  uint8_t uint8;
  /**
   * `metaffi_uint16_type`
   */
  uint16_t uint16;
  /**
   * `metaffi_uint32_type`
   */
  uint32_t uint32;
  /**
   * `metaffi_uint64_type`
   */
  uint64_t uint64;
  /**
   * `metaffi_bool_type`
   */
  bool boolean;
  /**
   * `metaffi_size_type`
   */
  size_t size;
  /**
   * `metaffi_char8_type`
   */
  uint8_t char8;
  /**
   * `metaffi_char16_type`
   */
  uint16_t char16;
  /**
   * `metaffi_char32_type`
   */
  uint32_t char32;
  /**
   * `metaffi_string8_type`, `metaffi_string16_type`, `metaffi_string32_type`
   */
  struct metaffi_string string;
  /**
   * every type with `metaffi_array_type`; `metaffi_map_type`, `metaffi_set_type`,
   * `metaffi_tuple_type`
   */
  struct metaffi_array *array;
  /**
   * `metaffi_handle_type`; NULL is a null reference
   */
  struct metaffi_object *object;
  /**
   * `metaffi_callable_type`; NULL is a null function
   */
  struct metaffi_callable *callable;
  /**
   * `metaffi_bigint_type`
   */
  const struct metaffi_bigint *bigint;
  /**
   * `metaffi_decimal_type`
   */
  const struct metaffi_decimal *decimal;
  /**
   * `metaffi_complex_type`
   */
  const struct metaffi_complex *complex_number;
  /**
   * `metaffi_date_type`
   */
  const struct metaffi_date *date;
  /**
   * `metaffi_time_type`
   */
  const struct metaffi_time *time;
  /**
   * `metaffi_datetime_type`
   */
  const struct metaffi_datetime *datetime;
  /**
   * `metaffi_duration_type`
   */
  const struct metaffi_duration *duration;
  /**
   * `metaffi_zone_type`
   */
  const struct metaffi_zone *zone;
  /**
   * `metaffi_uuid_type`
   */
  const struct metaffi_uuid *uuid;
  /**
   * `metaffi_range_type`
   */
  const struct metaffi_range *range;
} metaffi_payload;

/**
 * A tagged datum: 24 bytes, three slots of a frame.
 *
 * A value that metaffi filled in is owned by whoever receives it: `metaffi_value_clear` it. A
 * value that you fill in is borrowed by the function it is passed to: nothing to clear.
 */
typedef struct metaffi_value {
  /**
   * Which member of `data` is meant; `metaffi_null_type`, or 0, for none.
   */
  metaffi_type type;
  /**
   * The datum.
   */
  union metaffi_payload data;
} metaffi_value;

/**
 * One eight-byte slot of a frame. Integers are sign- or zero-extended, floats are their bit
 * pattern (zero-extended), a bool is 0 or 1; a string takes two slots (pointer, length), `any`
 * three (a `metaffi_value`), everything else one pointer.
 */
typedef uint64_t metaffi_slot;

/**
 * A host function that a guest calls: arguments are read from `frame`, returns written to it.
 *
 * Runs on whatever thread the guest calls from, re-entrantly. Arguments are borrowed for the
 * call; what it writes as a return (a string, an array, an object) becomes metaffi's: allocate
 * strings with `metaffi_alloc`. To fail, it returns a status and stores an error made by
 * `metaffi_error_new`, which metaffi then owns; with an error stored it has failed, whatever it
 * returns.
 */
typedef metaffi_status (*metaffi_callback)(void *userdata,
                                           metaffi_slot *frame,
                                           struct metaffi_error **error);

/**
 * A type as a signature declares it.
 *
 * Borrowed by every function that takes one; what a query writes is borrowed from the handle asked.
 */
typedef struct metaffi_type_info {
  /**
   * The type.
   */
  metaffi_type type;
  /**
   * The foreign type's name (a C type, a Java class), NUL-terminated UTF-8, or NULL.
   */
  const char *alias;
  /**
   * The number of dimensions of an array; 0 accepts any, and is right for everything else.
   */
  int64_t dimensions;
} metaffi_type_info;

/**
 * A host function that takes any values: `arguments` has `count` of them, of which the last `named`
 * are those that were given by name, and have `names`: `metaffi_name_text`. What it gives it writes to
 * `value`, which is null before.
 *
 * It runs as a `metaffi_callback` does: arguments and names are borrowed for the call, what it writes
 * becomes metaffi's, and it fails in the same way.
 */
typedef metaffi_status (*metaffi_values_callback)(void *userdata,
                                                  const struct metaffi_value *arguments,
                                                  size_t count,
                                                  const struct metaffi_name *const *names,
                                                  size_t named,
                                                  struct metaffi_value *value,
                                                  struct metaffi_error **error);

/**
 * Any C function; cast it to its own type before calling.
 */
typedef void (*metaffi_function)(void);

/**
 * Told of a failure that has no caller to return to; `error` is borrowed for the call.
 */
typedef void (*metaffi_error_handler)(void *userdata, const struct metaffi_error *error);

/**
 * A member of a struct or union to be.
 */
typedef struct metaffi_ctype_field {
  /**
   * NUL-terminated; NULL for a member without a name, and for padding bits.
   */
  const char *name;
  /**
   * The type, of the same module or of none.
   */
  const struct metaffi_ctype *type;
  /**
   * The width of a bit-field; 0 for what is none. METAFFI_BITS_END, of a member without a name, is
   * the bit-field of width 0 that ends its storage unit.
   */
  int32_t bits;
  /**
   * At least this alignment in bytes, as by `_Alignas`; 0: that of the type.
   */
  uint32_t align;
} metaffi_ctype_field;

/**
 * A closure's handler at C's own level: `arguments` points to one pointer to each argument, as C
 * has it in memory; what the function returns is written to `returned`, which is zero before and
 * has room for the function's return type and for at least eight bytes. Both are valid for the
 * call.
 *
 * Runs on whatever thread C calls from, re-entrantly. It may be left by an exception or `longjmp`.
 */
typedef void (*metaffi_raw_handler)(void *returned, void **arguments, void *userdata);

/**
 * One frame of a foreign stack; text is borrowed from whoever has it.
 */
typedef struct metaffi_stack_frame {
  /**
   * The function's name as its language prints it.
   */
  const char *name;
  /**
   * The source file, "" where unknown.
   */
  const char *file;
  /**
   * The line, from 1; 0 where unknown.
   */
  uint32_t line;
  /**
   * The text of that line, "" where unknown.
   */
  const char *text;
} metaffi_stack_frame;

/**
 * What a host knows of a failure of its own, beside its kind and its message. All zero but the size
 * is nothing.
 */
typedef struct metaffi_error_details {
  /**
   * `sizeof(metaffi_error_details)`.
   */
  size_t size;
  /**
   * The failure itself as an object, which the error has a handle of its own of, and gives back
   * by `metaffi_error_original`; NULL for none. An exception of a guest is raised there as itself.
   */
  const struct metaffi_object *original;
  /**
   * What led to it, which the error keeps: `metaffi_error_cause`. NULL for none.
   */
  const struct metaffi_error *cause;
  /**
   * The stack as the host's language prints it, NUL-terminated UTF-8; NULL for none.
   */
  const char *trace;
  /**
   * The stack: `frame_count` frames, the innermost last. Texts are NUL-terminated UTF-8; NULL is
   * "".
   */
  const struct metaffi_stack_frame *frames;
  /**
   * How many frames there are.
   */
  size_t frame_count;
} metaffi_error_details;

/**
 * An option of a runtime; both are NUL-terminated UTF-8.
 */
typedef struct metaffi_option {
  /**
   * The option's name; an unknown one is an error.
   */
  const char *key;
  /**
   * Its value.
   */
  const char *value;
} metaffi_option;

/**
 * How source text is run, by `metaffi_module_run`. What is zero is as without options.
 */
typedef struct metaffi_run_options {
  /**
   * `sizeof(metaffi_run_options)`: what later versions add is zero for who is compiled with this.
   */
  size_t size;
  /**
   * The namespace that it runs in, an object of `metaffi_module_new_namespace`; NULL for the
   * module's own.
   */
  const struct metaffi_object *globals;
  /**
   * What the text is called in traces, NUL-terminated UTF-8; NULL for a name of its own. Of several
   * texts of one name traces show the lines of the last that was run.
   */
  const char *file;
  /**
   * Names that the text finds first, `local_count` of them, each NUL-terminated UTF-8.
   */
  const char *const *local_names;
  /**
   * What they stand for.
   */
  const struct metaffi_value *local_values;
  /**
   * How many there are.
   */
  size_t local_count;
} metaffi_run_options;

/**
 * What an object can do: a set of `METAFFI_CAN_…` bits. Bits that are not known say nothing.
 */
typedef uint64_t metaffi_capabilities;

/**
 * Told what came of something that was awaited: `value` with `METAFFI_OK`, else `error`, of which
 * `status` is the status: `METAFFI_STATUS_CANCELLED`, what the guest raised, … The other is NULL.
 * Both are borrowed for the call.
 *
 * Runs once, on whatever thread did it last, which may be that of a loop: it is to be short, and must
 * not wait for what that loop drives.
 */
typedef void (*metaffi_completion)(void *userdata,
                                   metaffi_status status,
                                   const struct metaffi_value *value,
                                   const struct metaffi_error *error);

/**
 * How two things are compared.
 */
typedef uint32_t metaffi_comparison;

/**
 * What a member is.
 */
typedef uint32_t metaffi_member_kind;

/**
 * Adds a member to the list that is being made: `length` bytes of UTF-8, copied. A failure of it is
 * what the function that lists fails with.
 */
typedef metaffi_status (*metaffi_member_sink)(void *sink,
                                              const char *name,
                                              size_t length,
                                              metaffi_member_kind kind);

/**
 * What an iteration gives.
 */
typedef uint32_t metaffi_iteration;

/**
 * What is done with a generator.
 */
typedef uint32_t metaffi_send;

/**
 * A text about an object.
 */
typedef uint32_t metaffi_text_kind;

/**
 * Adds a type to the list that is being made: a handle, borrowed for the call. A failure of it is what
 * the function that lists fails with.
 */
typedef metaffi_status (*metaffi_object_sink)(void *sink, const struct metaffi_object *object);

/**
 * What holds other values.
 */
typedef uint32_t metaffi_container_kind;

/**
 * A container that a visitor comes to.
 */
typedef struct metaffi_container {
  /**
   * What it is.
   */
  metaffi_container_kind kind;
  /**
   * How many items, entries or fields; the most that there are where nulls are left out;
   * `METAFFI_UNSPECIFIED` if that is not known before.
   */
  size_t length;
  /**
   * What `again` calls it if it is met another time. Each container of a visit has another
   * number, from 1 on.
   */
  uint64_t id;
  /**
   * The name of its type in UTF-8, as its language prints it, for the time of the call; NULL for
   * the language's own lists, tuples, sets and maps.
   */
  struct metaffi_string type_name;
} metaffi_container;

/**
 * What is told of the values of a visit, one after the other: the functions that a host, or a
 * runtime that builds values of its own, has for them.
 *
 * Each is called on the thread of the visit, with the runtime entered. What it is given as a text,
 * bytes or `const` is borrowed for the call; an array and an object are the visitor's own, whatever
 * it returns. To stop the visit, it returns a status and stores an error made by
 * `metaffi_error_new`, which metaffi then owns; with an error stored it has failed, whatever it
 * returns. C++ exceptions pass through the visit, which is left in order. So does `longjmp`, but what
 * the visit has in use stays in use, and so does a runtime that was not entered by a scope before.
 *
 * A function may be NULL: plain values then come to `value`, and if that is NULL too, or for a
 * container, the visit ends with `METAFFI_STATUS_UNSUPPORTED`.
 */
typedef struct metaffi_visitor {
  /**
   * `sizeof(metaffi_visitor)`.
   */
  size_t size;
  /**
   * Null.
   */
  metaffi_status (*null_value)(void *userdata, struct metaffi_error **error);
  /**
   * A truth value.
   */
  metaffi_status (*boolean)(void *userdata, bool boolean, struct metaffi_error **error);
  /**
   * An integer that int64 holds. Larger ones come to `value`.
   */
  metaffi_status (*integer)(void *userdata, int64_t integer, struct metaffi_error **error);
  /**
   * A floating number.
   */
  metaffi_status (*number)(void *userdata, double number, struct metaffi_error **error);
  /**
   * Text: `length` bytes of UTF-8, behind which there need not be a NUL.
   */
  metaffi_status (*text)(void *userdata,
                         const char *text,
                         size_t length,
                         struct metaffi_error **error);
  /**
   * `length` bytes. If this is NULL, they come to `array`.
   */
  metaffi_status (*bytes)(void *userdata,
                          const uint8_t *bytes,
                          size_t length,
                          struct metaffi_error **error);
  /**
   * Any other value of one piece: an integer beyond int64, a decimal, a complex number, a date, a
   * time, a duration, a UUID, a range, a callable; and what another function is NULL for.
   */
  metaffi_status (*value)(void *userdata,
                          const struct metaffi_value *value,
                          struct metaffi_error **error);
  /**
   * Numbers in memory, as a view of it that keeps it until it is freed: `metaffi_array_free`.
   */
  metaffi_status (*array)(void *userdata, struct metaffi_array *array, struct metaffi_error **error);
  /**
   * What is not converted, as a new handle of it: `metaffi_object_free`.
   */
  metaffi_status (*object)(void *userdata,
                           struct metaffi_object *object,
                           struct metaffi_error **error);
  /**
   * A container, whose items come next, until `close`.
   */
  metaffi_status (*open)(void *userdata,
                         const struct metaffi_container *container,
                         struct metaffi_error **error);
  /**
   * The end of the container that was opened last.
   */
  metaffi_status (*close)(void *userdata, struct metaffi_error **error);
  /**
   * A container that was opened before, by the number that it had; it may still be open, and then
   * contains itself.
   */
  metaffi_status (*again)(void *userdata, uint64_t id, struct metaffi_error **error);
} metaffi_visitor;

/**
 * What the objects of a host are: a name, and what they can do. A function that is NULL, and one that
 * is beyond `size`, they cannot do.
 *
 * Each function is called with the `userdata` of an object, on whatever thread its user is on, perhaps
 * on several at once, and re-entrantly. What it is given is borrowed for the call; what it writes,
 * a value or an object, becomes metaffi's: strings are made with `metaffi_alloc`. It may free any
 * handle, also the one that it is called through. It succeeds with `METAFFI_OK`; to fail, it returns
 * a status and may store an error made by `metaffi_error_new`, which metaffi then owns. For an
 * attribute or a key that is not there the status is `METAFFI_STATUS_NOT_FOUND`, which needs no
 * error. A C++ exception that leaves it is an error; `longjmp` out of it is not allowed, nor is ending
 * its thread there.
 *
 * A class stays as it is until the last of its objects has been finalized; it tells objects of a kind
 * from others, and is best static.
 */
typedef struct metaffi_object_class {
  /**
   * `sizeof(metaffi_object_class)`
   */
  size_t size;
  /**
   * The name of the type, NUL-terminated UTF-8.
   */
  const char *name;
  /**
   * What the objects are, beside what they can do: `METAFFI_IS_…` bits.
   */
  metaffi_capabilities is;
  /**
   * `METAFFI_CLASS_…` bits.
   */
  uint64_t flags;
  /**
   * Reads an attribute; `name` has `length` bytes and no NUL behind them.
   */
  metaffi_status (*get_attribute)(void *userdata,
                                  const char *name,
                                  size_t length,
                                  struct metaffi_value *value,
                                  struct metaffi_error **error);
  /**
   * Writes an attribute.
   */
  metaffi_status (*set_attribute)(void *userdata,
                                  const char *name,
                                  size_t length,
                                  const struct metaffi_value *value,
                                  struct metaffi_error **error);
  /**
   * Deletes an attribute.
   */
  metaffi_status (*delete_attribute)(void *userdata,
                                     const char *name,
                                     size_t length,
                                     struct metaffi_error **error);
  /**
   * Lists the members: calls `add` with `sink` for each.
   */
  metaffi_status (*members)(void *userdata,
                            metaffi_member_sink add,
                            void *sink,
                            struct metaffi_error **error);
  /**
   * Calls a member, without making an object of it; if it is NULL, the attribute is read and called.
   */
  metaffi_status (*invoke)(void *userdata,
                           const char *name,
                           size_t length,
                           const struct metaffi_value *arguments,
                           size_t count,
                           const struct metaffi_name *const *names,
                           size_t named,
                           struct metaffi_value *value,
                           struct metaffi_error **error);
  /**
   * Reads an item by its position. One below zero counts from the end, and is only given to an
   * object that has no `length`.
   */
  metaffi_status (*get_item)(void *userdata,
                             int64_t index,
                             struct metaffi_value *value,
                             struct metaffi_error **error);
  /**
   * Writes an item.
   */
  metaffi_status (*set_item)(void *userdata,
                             int64_t index,
                             const struct metaffi_value *value,
                             struct metaffi_error **error);
  /**
   * Deletes an item.
   */
  metaffi_status (*delete_item)(void *userdata, int64_t index, struct metaffi_error **error);
  /**
   * The items of a range of positions; NULL is what is not given. Without it, an object that has
   * `get_item` and `length` is asked for each of them.
   */
  metaffi_status (*slice)(void *userdata,
                          const int64_t *start,
                          const int64_t *stop,
                          const int64_t *step,
                          struct metaffi_object **items,
                          struct metaffi_error **error);
  /**
   * Reads an entry by its key. An object with items gets no integers here.
   */
  metaffi_status (*get_entry)(void *userdata,
                              const struct metaffi_value *key,
                              struct metaffi_value *value,
                              struct metaffi_error **error);
  /**
   * Writes an entry.
   */
  metaffi_status (*set_entry)(void *userdata,
                              const struct metaffi_value *key,
                              const struct metaffi_value *value,
                              struct metaffi_error **error);
  /**
   * Deletes an entry.
   */
  metaffi_status (*delete_entry)(void *userdata,
                                 const struct metaffi_value *key,
                                 struct metaffi_error **error);
  /**
   * How many items or entries there are.
   */
  metaffi_status (*length)(void *userdata, size_t *length, struct metaffi_error **error);
  /**
   * Whether a value is among the items, or among the keys.
   */
  metaffi_status (*contains)(void *userdata,
                             const struct metaffi_value *value,
                             bool *contains,
                             struct metaffi_error **error);
  /**
   * Calls it. The last `named` of the arguments have `names`: `metaffi_name_text`.
   */
  metaffi_values_callback call;
  /**
   * Makes an instance of it.
   */
  metaffi_values_callback construct;
  /**
   * Makes an iterator: an object that has `next`. Of a mapping it gives the keys, if `what` is
   * `METAFFI_ITERATE_ITSELF`. Without it, an object that has `get_item` and `length` is asked for
   * each item; values and entries of a mapping that says METAFFI_STATUS_UNSUPPORTED to these are
   * found by its keys.
   */
  metaffi_status (*iterate)(void *userdata,
                            metaffi_iteration what,
                            struct metaffi_object **iterator,
                            struct metaffi_error **error);
  /**
   * Gives the next values, at most `room`: `count` says how many. None is the end; a few are not:
   * more are asked for, until there is no room.
   */
  metaffi_status (*next)(void *userdata,
                         struct metaffi_value *values,
                         size_t room,
                         size_t *count,
                         struct metaffi_error **error);
  /**
   * Goes on as a generator, with a value, with an error that is raised in it, or to its end. Whether
   * it has given a value is said by `yielded`, which is true before; if not, it has ended, and the
   * value is its result.
   */
  metaffi_status (*send)(void *userdata,
                         metaffi_send how,
                         const struct metaffi_value *sent,
                         const struct metaffi_error *raised,
                         struct metaffi_value *value,
                         bool *yielded,
                         struct metaffi_error **error);
  /**
   * Makes an asynchronous iterator: an object that has `next_async`.
   */
  metaffi_status (*iterate_async)(void *userdata,
                                  struct metaffi_object **iterator,
                                  struct metaffi_error **error);
  /**
   * Gives what is awaited for the next value. At the end that fails with `METAFFI_STATUS_ENDED`, or
   * this does, which needs no error.
   */
  metaffi_status (*next_async)(void *userdata,
                               struct metaffi_object **awaitable,
                               struct metaffi_error **error);
  /**
   * Compares it with a value: for equality, and for order too if `METAFFI_CAN_ORDER` is among `is`.
   * Without it, an object is equal to itself alone. What it cannot be compared with is
   * `METAFFI_STATUS_UNSUPPORTED`, which needs no error.
   */
  metaffi_status (*compare)(void *userdata,
                            metaffi_comparison how,
                            const struct metaffi_value *with,
                            bool *holds,
                            struct metaffi_error **error);
  /**
   * Its hash, which it has in common with what is equal to it. An object that has neither this nor
   * `compare` has one by its identity.
   */
  metaffi_status (*hash)(void *userdata, uint64_t *hash, struct metaffi_error **error);
  /**
   * Whether it counts as true. Without it, it does unless its length is zero.
   */
  metaffi_status (*truth)(void *userdata, bool *truth, struct metaffi_error **error);
  /**
   * A text about it, a string8. Without it, its type and what tells it from others.
   */
  metaffi_status (*text)(void *userdata,
                         metaffi_text_kind kind,
                         struct metaffi_value *text,
                         struct metaffi_error **error);
  /**
   * The number that it is.
   */
  metaffi_status (*number)(void *userdata,
                           struct metaffi_value *number,
                           struct metaffi_error **error);
  /**
   * Its type, an object.
   */
  metaffi_status (*type_of)(void *userdata,
                            struct metaffi_object **type,
                            struct metaffi_error **error);
  /**
   * Whether an object is an instance of it, which is a type.
   */
  metaffi_status (*has_instance)(void *userdata,
                                 const struct metaffi_object *object,
                                 bool *is,
                                 struct metaffi_error **error);
  /**
   * Enters it as a context.
   */
  metaffi_status (*enter)(void *userdata,
                          struct metaffi_value *entered,
                          struct metaffi_error **error);
  /**
   * Leaves it as a context; `failure` is what its body failed with, or NULL. Whether that is dealt
   * with is said by `handled`.
   */
  metaffi_status (*exit)(void *userdata,
                         const struct metaffi_error *failure,
                         bool *handled,
                         struct metaffi_error **error);
  /**
   * Its memory as an array, whose `release` is called when nobody looks at it any more. Written only
   * if `writable` is set, which is never if `METAFFI_CAN_WRITE_BUFFER` is not among `is`.
   */
  metaffi_status (*buffer)(void *userdata,
                           bool writable,
                           struct metaffi_array **array,
                           struct metaffi_error **error);
  /**
   * Begins to await it. What comes of it is said once, on any thread and maybe before this returns,
   * by settling the promise: `metaffi_promise_settle`. The promise is the host's from now on, unless this
   * fails: `metaffi_object_free`. One that is freed unsettled was given up, and whoever waits is told
   * that it was cancelled.
   */
  metaffi_status (*start)(void *userdata,
                          struct metaffi_object *promise,
                          struct metaffi_error **error);
  /**
   * Cancels, some time, what was begun with a promise, which is borrowed and may be settled or freed
   * by now: what the promise is settled with then is what came of it. Without this, whoever cancels
   * is told at once that it was cancelled, and what was begun goes on.
   */
  metaffi_status (*cancel)(void *userdata,
                           const struct metaffi_object *promise,
                           struct metaffi_error **error);
  /**
   * Gives what is awaited for the end of an asynchronous iterator that is not iterated to its end.
   */
  metaffi_status (*close_async)(void *userdata,
                                struct metaffi_object **awaitable,
                                struct metaffi_error **error);
  /**
   * Gives what is awaited to enter it as an asynchronous context.
   */
  metaffi_status (*enter_async)(void *userdata,
                                struct metaffi_object **awaitable,
                                struct metaffi_error **error);
  /**
   * Gives what is awaited to leave it as an asynchronous context; `failure` is what its body failed
   * with, or NULL. What is awaited gives true if that is dealt with.
   */
  metaffi_status (*exit_async)(void *userdata,
                               const struct metaffi_error *failure,
                               struct metaffi_object **awaitable,
                               struct metaffi_error **error);
  /**
   * Lists the types that it, a type, is derived from directly: calls `add` with `sink` for each.
   */
  metaffi_status (*parents)(void *userdata,
                            metaffi_object_sink add,
                            void *sink,
                            struct metaffi_error **error);
  /**
   * Where its source is: the file, a string8, and the line, from 1; 0 if that is not known.
   */
  metaffi_status (*source)(void *userdata,
                           struct metaffi_value *file,
                           uint32_t *line,
                           struct metaffi_error **error);
  /**
   * Tells a visitor of it and all that is in it, as a `metaffi_producer` does: of one value, or of a
   * container from `open` to `close`. Objects and values that the visitor is told of are visited in
   * turn, and choices of the visit are kept: what is told is what is there. Without it, a sequence
   * that has `get_item` and `length` is visited as a list, a mapping that has `get_entry` and
   * `iterate` as a map, a set or another sequence that has `iterate` as a set or a list, memory as an array,
   * a number as a number, and everything else as an object.
   */
  metaffi_status (*visit)(void *userdata,
                          const struct metaffi_visitor *visitor,
                          void *visitor_userdata,
                          struct metaffi_error **error);
} metaffi_object_class;

/**
 * A member of an object.
 */
typedef struct metaffi_member {
  /**
   * Its name, NUL-terminated UTF-8, owned by the list.
   */
  const char *name;
  /**
   * What it is.
   */
  metaffi_member_kind kind;
} metaffi_member;

/**
 * How a visit goes: a set of `METAFFI_VISIT_…` bits; 0 is all as it is said where there is a choice.
 */
typedef uint64_t metaffi_visit_flags;

/**
 * When a converter is asked.
 */
typedef uint32_t metaffi_converter_order;

/**
 * What a converter has done.
 */
typedef uint32_t metaffi_conversion;

/**
 * What converts objects in a way of its own.
 */
typedef struct metaffi_converter {
  /**
   * A type of the runtime whose objects it is asked about, and about those of types derived from
   * it; NULL: about all.
   */
  const struct metaffi_object *of_type;
  /**
   * When it is asked.
   */
  metaffi_converter_order order;
  /**
   * Converts an object, borrowed for the call, and says in `conversion` what it has done, which is
   * `METAFFI_CONVERSION_NONE` before. What it writes to `instead` becomes metaffi's. It fails as
   * the functions of a visitor do.
   */
  metaffi_status (*convert)(void *userdata,
                            const struct metaffi_object *object,
                            metaffi_conversion *conversion,
                            struct metaffi_value *instead,
                            struct metaffi_error **error);
  /**
   * What it is called with.
   */
  void *userdata;
} metaffi_converter;

/**
 * How a visit goes. All zero but the size is right for most.
 */
typedef struct metaffi_visit_options {
  /**
   * `sizeof(metaffi_visit_options)`.
   */
  size_t size;
  /**
   * `METAFFI_VISIT_…`
   */
  metaffi_visit_flags flags;
  /**
   * How deep containers are opened, with `METAFFI_VISIT_DEPTH`.
   */
  size_t depth;
  /**
   * `converter_count` of them, asked in this order.
   */
  const struct metaffi_converter *converters;
  /**
   * How many.
   */
  size_t converter_count;
  /**
   * Told of every handle that is made for what is not converted, borrowed for the call; NULL: not
   * told.
   */
  void (*object_made)(void *userdata, const struct metaffi_object *object);
  /**
   * What that is called with.
   */
  void *userdata;
} metaffi_visit_options;

/**
 * Tells a visitor of one value, or of a container from `open` to `close`, by calling the functions
 * of `visitor` with `visitor_userdata`; those are there until it returns. It fails as they do, and
 * gives the failures of theirs on.
 */
typedef metaffi_status (*metaffi_producer)(void *userdata,
                                           const struct metaffi_visitor *visitor,
                                           void *visitor_userdata,
                                           struct metaffi_error **error);

/**
 * Where a runtime may be entered.
 */
typedef uint32_t metaffi_affinity;

/**
 * Wakes the loop of a host, in which it calls metaffi_runtime_run_jobs: by a pipe, an event, a flag.
 *
 * Runs on any thread, also in the middle of what that does: it returns at once, and calls nothing of
 * metaffi.
 */
typedef void (*metaffi_waker)(void *userdata);

/**
 * On any thread, by many at once.
 */
#define METAFFI_AFFINITY_ANY 0

/**
 * On any thread, by one at a time: the others wait for its lock.
 */
#define METAFFI_AFFINITY_LOCK 1

/**
 * On its own thread only: what others ask of it is done there, and fails at once if that thread is
 * in a call of other code, which may wait for them.
 */
#define METAFFI_AFFINITY_THREAD 2

#if defined(__cplusplus) || defined(__clang__)

/**
 * Its attributes are read by name.
 */
static const metaffi_capabilities METAFFI_CAN_READ_ATTRIBUTES = (metaffi_capabilities)1;
#define METAFFI_CAN_READ_ATTRIBUTES ((metaffi_capabilities)1)

/**
 * Its attributes are written by name.
 */
static const metaffi_capabilities METAFFI_CAN_WRITE_ATTRIBUTES = (metaffi_capabilities)2;
#define METAFFI_CAN_WRITE_ATTRIBUTES ((metaffi_capabilities)2)

/**
 * Its attributes are deleted by name.
 */
static const metaffi_capabilities METAFFI_CAN_DELETE_ATTRIBUTES = (metaffi_capabilities)4;
#define METAFFI_CAN_DELETE_ATTRIBUTES ((metaffi_capabilities)4)

/**
 * Its members are listed.
 */
static const metaffi_capabilities METAFFI_CAN_LIST_MEMBERS = (metaffi_capabilities)8;
#define METAFFI_CAN_LIST_MEMBERS ((metaffi_capabilities)8)

/**
 * Its items are read by their position.
 */
static const metaffi_capabilities METAFFI_CAN_READ_ITEMS = (metaffi_capabilities)16;
#define METAFFI_CAN_READ_ITEMS ((metaffi_capabilities)16)

/**
 * Its items are written by their position.
 */
static const metaffi_capabilities METAFFI_CAN_WRITE_ITEMS = (metaffi_capabilities)32;
#define METAFFI_CAN_WRITE_ITEMS ((metaffi_capabilities)32)

/**
 * Its items are deleted by their position.
 */
static const metaffi_capabilities METAFFI_CAN_DELETE_ITEMS = (metaffi_capabilities)64;
#define METAFFI_CAN_DELETE_ITEMS ((metaffi_capabilities)64)

/**
 * Its entries are read by their key.
 */
static const metaffi_capabilities METAFFI_CAN_READ_ENTRIES = (metaffi_capabilities)128;
#define METAFFI_CAN_READ_ENTRIES ((metaffi_capabilities)128)

/**
 * Its entries are written by their key.
 */
static const metaffi_capabilities METAFFI_CAN_WRITE_ENTRIES = (metaffi_capabilities)256;
#define METAFFI_CAN_WRITE_ENTRIES ((metaffi_capabilities)256)

/**
 * Its entries are deleted by their key.
 */
static const metaffi_capabilities METAFFI_CAN_DELETE_ENTRIES = (metaffi_capabilities)512;
#define METAFFI_CAN_DELETE_ENTRIES ((metaffi_capabilities)512)

/**
 * It has a length.
 */
static const metaffi_capabilities METAFFI_CAN_LENGTH = (metaffi_capabilities)1024;
#define METAFFI_CAN_LENGTH ((metaffi_capabilities)1024)

/**
 * It says whether it contains a value.
 */
static const metaffi_capabilities METAFFI_CAN_CONTAIN = (metaffi_capabilities)2048;
#define METAFFI_CAN_CONTAIN ((metaffi_capabilities)2048)

/**
 * It is iterated.
 */
static const metaffi_capabilities METAFFI_CAN_ITERATE = (metaffi_capabilities)4096;
#define METAFFI_CAN_ITERATE ((metaffi_capabilities)4096)

/**
 * It is an iterator: it gives the next value.
 */
static const metaffi_capabilities METAFFI_CAN_NEXT = (metaffi_capabilities)8192;
#define METAFFI_CAN_NEXT ((metaffi_capabilities)8192)

/**
 * It is a generator: a value or an error is sent into it, and it is closed.
 */
static const metaffi_capabilities METAFFI_CAN_SEND = (metaffi_capabilities)16384;
#define METAFFI_CAN_SEND ((metaffi_capabilities)16384)

/**
 * It is iterated, each value being awaited.
 */
static const metaffi_capabilities METAFFI_CAN_ITERATE_ASYNC = (metaffi_capabilities)32768;
#define METAFFI_CAN_ITERATE_ASYNC ((metaffi_capabilities)32768)

/**
 * It is an asynchronous iterator: it gives what is awaited for the next value.
 */
static const metaffi_capabilities METAFFI_CAN_NEXT_ASYNC = (metaffi_capabilities)65536;
#define METAFFI_CAN_NEXT_ASYNC ((metaffi_capabilities)65536)

/**
 * It is awaited.
 */
static const metaffi_capabilities METAFFI_CAN_AWAIT = (metaffi_capabilities)131072;
#define METAFFI_CAN_AWAIT ((metaffi_capabilities)131072)

/**
 * It is called.
 */
static const metaffi_capabilities METAFFI_CAN_CALL = (metaffi_capabilities)262144;
#define METAFFI_CAN_CALL ((metaffi_capabilities)262144)

/**
 * Instances are made of it.
 */
static const metaffi_capabilities METAFFI_CAN_CONSTRUCT = (metaffi_capabilities)524288;
#define METAFFI_CAN_CONSTRUCT ((metaffi_capabilities)524288)

/**
 * Its memory is seen as an array.
 */
static const metaffi_capabilities METAFFI_CAN_BUFFER = (metaffi_capabilities)1048576;
#define METAFFI_CAN_BUFFER ((metaffi_capabilities)1048576)

/**
 * That memory is written.
 */
static const metaffi_capabilities METAFFI_CAN_WRITE_BUFFER = (metaffi_capabilities)2097152;
#define METAFFI_CAN_WRITE_BUFFER ((metaffi_capabilities)2097152)

/**
 * It is compared for order.
 */
static const metaffi_capabilities METAFFI_CAN_ORDER = (metaffi_capabilities)4194304;
#define METAFFI_CAN_ORDER ((metaffi_capabilities)4194304)

/**
 * It has a hash, so that it can be a key.
 */
static const metaffi_capabilities METAFFI_CAN_HASH = (metaffi_capabilities)8388608;
#define METAFFI_CAN_HASH ((metaffi_capabilities)8388608)

/**
 * It is a context that is entered and left.
 */
static const metaffi_capabilities METAFFI_CAN_ENTER = (metaffi_capabilities)16777216;
#define METAFFI_CAN_ENTER ((metaffi_capabilities)16777216)

/**
 * It is a context that is entered and left by awaiting.
 */
static const metaffi_capabilities METAFFI_CAN_ENTER_ASYNC = (metaffi_capabilities)33554432;
#define METAFFI_CAN_ENTER_ASYNC ((metaffi_capabilities)33554432)

/**
 * Its array is handed over as a tensor of DLPack.
 */
static const metaffi_capabilities METAFFI_CAN_DLPACK = (metaffi_capabilities)67108864;
#define METAFFI_CAN_DLPACK ((metaffi_capabilities)67108864)

/**
 * Its column, or the columns of its table, are handed over by Arrow's C data interface.
 */
static const metaffi_capabilities METAFFI_CAN_ARROW_ARRAY = (metaffi_capabilities)134217728;
#define METAFFI_CAN_ARROW_ARRAY ((metaffi_capabilities)134217728)

/**
 * The same by Arrow's C stream interface.
 */
static const metaffi_capabilities METAFFI_CAN_ARROW_STREAM = (metaffi_capabilities)268435456;
#define METAFFI_CAN_ARROW_STREAM ((metaffi_capabilities)268435456)

/**
 * The type of its columns is handed over by Arrow's C data interface.
 */
static const metaffi_capabilities METAFFI_CAN_ARROW_SCHEMA = (metaffi_capabilities)536870912;
#define METAFFI_CAN_ARROW_SCHEMA ((metaffi_capabilities)536870912)

/**
 * It is a sequence.
 */
static const metaffi_capabilities METAFFI_IS_SEQUENCE = (metaffi_capabilities)4294967296;
#define METAFFI_IS_SEQUENCE ((metaffi_capabilities)4294967296)

/**
 * It is a sequence that can be changed.
 */
static const metaffi_capabilities METAFFI_IS_MUTABLE_SEQUENCE = (metaffi_capabilities)8589934592;
#define METAFFI_IS_MUTABLE_SEQUENCE ((metaffi_capabilities)8589934592)

/**
 * It is a mapping of keys to values.
 */
static const metaffi_capabilities METAFFI_IS_MAPPING = (metaffi_capabilities)17179869184;
#define METAFFI_IS_MAPPING ((metaffi_capabilities)17179869184)

/**
 * It is a set.
 */
static const metaffi_capabilities METAFFI_IS_SET = (metaffi_capabilities)34359738368;
#define METAFFI_IS_SET ((metaffi_capabilities)34359738368)

/**
 * It is an error.
 */
static const metaffi_capabilities METAFFI_IS_ERROR = (metaffi_capabilities)68719476736;
#define METAFFI_IS_ERROR ((metaffi_capabilities)68719476736)

/**
 * It is a type.
 */
static const metaffi_capabilities METAFFI_IS_TYPE = (metaffi_capabilities)137438953472;
#define METAFFI_IS_TYPE ((metaffi_capabilities)137438953472)

/**
 * It is a module.
 */
static const metaffi_capabilities METAFFI_IS_MODULE = (metaffi_capabilities)274877906944;
#define METAFFI_IS_MODULE ((metaffi_capabilities)274877906944)

/**
 * It is a number.
 */
static const metaffi_capabilities METAFFI_IS_NUMBER = (metaffi_capabilities)549755813888;
#define METAFFI_IS_NUMBER ((metaffi_capabilities)549755813888)

/**
 * It is a number that int64 holds exactly.
 */
static const metaffi_capabilities METAFFI_FITS_INT64 = (metaffi_capabilities)1099511627776;
#define METAFFI_FITS_INT64 ((metaffi_capabilities)1099511627776)

/**
 * It is a number that uint64 holds exactly.
 */
static const metaffi_capabilities METAFFI_FITS_UINT64 = (metaffi_capabilities)2199023255552;
#define METAFFI_FITS_UINT64 ((metaffi_capabilities)2199023255552)

/**
 * It is a number that float64 holds exactly.
 */
static const metaffi_capabilities METAFFI_FITS_FLOAT64 = (metaffi_capabilities)4398046511104;
#define METAFFI_FITS_FLOAT64 ((metaffi_capabilities)4398046511104)

/**
 * It is text.
 */
static const metaffi_capabilities METAFFI_IS_TEXT = (metaffi_capabilities)8796093022208;
#define METAFFI_IS_TEXT ((metaffi_capabilities)8796093022208)

/**
 * It is bytes.
 */
static const metaffi_capabilities METAFFI_IS_BYTES = (metaffi_capabilities)17592186044416;
#define METAFFI_IS_BYTES ((metaffi_capabilities)17592186044416)

/**
 * It is the null value of its language.
 */
static const metaffi_capabilities METAFFI_IS_NULL = (metaffi_capabilities)35184372088832;
#define METAFFI_IS_NULL ((metaffi_capabilities)35184372088832)

/**
 * It is a truth value.
 */
static const metaffi_capabilities METAFFI_IS_BOOLEAN = (metaffi_capabilities)70368744177664;
#define METAFFI_IS_BOOLEAN ((metaffi_capabilities)70368744177664)

/**
 * It is, or has, a date.
 */
static const metaffi_capabilities METAFFI_IS_DATE = (metaffi_capabilities)140737488355328;
#define METAFFI_IS_DATE ((metaffi_capabilities)140737488355328)

/**
 * It is, or has, a time of day.
 */
static const metaffi_capabilities METAFFI_IS_TIME = (metaffi_capabilities)281474976710656;
#define METAFFI_IS_TIME ((metaffi_capabilities)281474976710656)

/**
 * It is, or has, a time zone.
 */
static const metaffi_capabilities METAFFI_IS_ZONE = (metaffi_capabilities)562949953421312;
#define METAFFI_IS_ZONE ((metaffi_capabilities)562949953421312)

/**
 * It is a duration.
 */
static const metaffi_capabilities METAFFI_IS_DURATION = (metaffi_capabilities)1125899906842624;
#define METAFFI_IS_DURATION ((metaffi_capabilities)1125899906842624)

/**
 * It is a pointer of C.
 */
static const metaffi_capabilities METAFFI_IS_POINTER = (metaffi_capabilities)2251799813685248;
#define METAFFI_IS_POINTER ((metaffi_capabilities)2251799813685248)

/**
 * It is an object of a host, made by `metaffi_object_new`, or shows one.
 */
static const metaffi_capabilities METAFFI_IS_HOST_OBJECT = (metaffi_capabilities)4503599627370496;
#define METAFFI_IS_HOST_OBJECT ((metaffi_capabilities)4503599627370496)

#else

#define METAFFI_CAN_READ_ATTRIBUTES 1ULL
#define METAFFI_CAN_WRITE_ATTRIBUTES 2ULL
#define METAFFI_CAN_DELETE_ATTRIBUTES 4ULL
#define METAFFI_CAN_LIST_MEMBERS 8ULL
#define METAFFI_CAN_READ_ITEMS 16ULL
#define METAFFI_CAN_WRITE_ITEMS 32ULL
#define METAFFI_CAN_DELETE_ITEMS 64ULL
#define METAFFI_CAN_READ_ENTRIES 128ULL
#define METAFFI_CAN_WRITE_ENTRIES 256ULL
#define METAFFI_CAN_DELETE_ENTRIES 512ULL
#define METAFFI_CAN_LENGTH 1024ULL
#define METAFFI_CAN_CONTAIN 2048ULL
#define METAFFI_CAN_ITERATE 4096ULL
#define METAFFI_CAN_NEXT 8192ULL
#define METAFFI_CAN_SEND 16384ULL
#define METAFFI_CAN_ITERATE_ASYNC 32768ULL
#define METAFFI_CAN_NEXT_ASYNC 65536ULL
#define METAFFI_CAN_AWAIT 131072ULL
#define METAFFI_CAN_CALL 262144ULL
#define METAFFI_CAN_CONSTRUCT 524288ULL
#define METAFFI_CAN_BUFFER 1048576ULL
#define METAFFI_CAN_WRITE_BUFFER 2097152ULL
#define METAFFI_CAN_ORDER 4194304ULL
#define METAFFI_CAN_HASH 8388608ULL
#define METAFFI_CAN_ENTER 16777216ULL
#define METAFFI_CAN_ENTER_ASYNC 33554432ULL
#define METAFFI_CAN_DLPACK 67108864ULL
#define METAFFI_CAN_ARROW_ARRAY 134217728ULL
#define METAFFI_CAN_ARROW_STREAM 268435456ULL
#define METAFFI_CAN_ARROW_SCHEMA 536870912ULL
#define METAFFI_IS_SEQUENCE 4294967296ULL
#define METAFFI_IS_MUTABLE_SEQUENCE 8589934592ULL
#define METAFFI_IS_MAPPING 17179869184ULL
#define METAFFI_IS_SET 34359738368ULL
#define METAFFI_IS_ERROR 68719476736ULL
#define METAFFI_IS_TYPE 137438953472ULL
#define METAFFI_IS_MODULE 274877906944ULL
#define METAFFI_IS_NUMBER 549755813888ULL
#define METAFFI_FITS_INT64 1099511627776ULL
#define METAFFI_FITS_UINT64 2199023255552ULL
#define METAFFI_FITS_FLOAT64 4398046511104ULL
#define METAFFI_IS_TEXT 8796093022208ULL
#define METAFFI_IS_BYTES 17592186044416ULL
#define METAFFI_IS_NULL 35184372088832ULL
#define METAFFI_IS_BOOLEAN 70368744177664ULL
#define METAFFI_IS_DATE 140737488355328ULL
#define METAFFI_IS_TIME 281474976710656ULL
#define METAFFI_IS_ZONE 562949953421312ULL
#define METAFFI_IS_DURATION 1125899906842624ULL
#define METAFFI_IS_POINTER 2251799813685248ULL
#define METAFFI_IS_HOST_OBJECT 4503599627370496ULL

#endif

/**
 * An attribute that is data, or of which nobody knows.
 */
#define METAFFI_MEMBER_ATTRIBUTE 0

/**
 * A function that is called with the object.
 */
#define METAFFI_MEMBER_METHOD 1

/**
 * Computed when it is read.
 */
#define METAFFI_MEMBER_PROPERTY 2

/**
 * A type.
 */
#define METAFFI_MEMBER_TYPE 3

/**
 * A module.
 */
#define METAFFI_MEMBER_MODULE 4

/**
 * What the language's own loop gives: the items of a sequence, the keys of a mapping.
 */
#define METAFFI_ITERATE_ITSELF 0

/**
 * The keys of a mapping.
 */
#define METAFFI_ITERATE_KEYS 1

/**
 * The values of a mapping.
 */
#define METAFFI_ITERATE_VALUES 2

/**
 * Keys and values of a mapping in turn, two for each entry.
 */
#define METAFFI_ITERATE_ENTRIES 3

/**
 * `<`
 */
#define METAFFI_LESS 0

/**
 * `<=`
 */
#define METAFFI_LESS_OR_EQUAL 1

/**
 * `==`
 */
#define METAFFI_EQUAL 2

/**
 * `!=`
 */
#define METAFFI_NOT_EQUAL 3

/**
 * `>`
 */
#define METAFFI_GREATER 4

/**
 * `>=`
 */
#define METAFFI_GREATER_OR_EQUAL 5

/**
 * For whoever uses a program: `str` of Python, `toString` of Java.
 */
#define METAFFI_TEXT_DISPLAY 0

/**
 * For whoever writes one: `repr` of Python.
 */
#define METAFFI_TEXT_DEBUG 1

/**
 * Without running any code of the object's: its type, and what tells it from others.
 */
#define METAFFI_TEXT_SAFE 2

/**
 * The value is what the paused `yield` gives; null at the start.
 */
#define METAFFI_SEND_VALUE 0

/**
 * The paused `yield` raises the error.
 */
#define METAFFI_SEND_ERROR 1

/**
 * It is closed: what it has to clean up is cleaned up.
 */
#define METAFFI_SEND_CLOSE 2

/**
 * The call did what it says.
 */
#define METAFFI_OK 0

/**
 * An argument is outside what the function accepts; the message names it.
 */
#define METAFFI_STATUS_INVALID_ARGUMENT 1

/**
 * A handle is NULL, stale, freed twice, of another kind, or no handle at all.
 */
#define METAFFI_STATUS_INVALID_HANDLE 2

/**
 * A runtime, option, module, symbol, entity or type of that name does not exist.
 */
#define METAFFI_STATUS_NOT_FOUND 3

/**
 * Text (an entity path, a declaration, a type) does not follow its grammar; the message has the
 * position and what was expected there.
 */
#define METAFFI_STATUS_SYNTAX 4

/**
 * A value's type, rank or shape is not what the signature declares.
 */
#define METAFFI_STATUS_TYPE_MISMATCH 5

/**
 * A value does not fit the declared type, or an index is out of bounds.
 */
#define METAFFI_STATUS_OUT_OF_RANGE 6

/**
 * Text is not valid UTF-8, UTF-16 or UTF-32; the message says at which unit.
 */
#define METAFFI_STATUS_INVALID_TEXT 7

/**
 * A library, header or runtime was found but could not be loaded.
 */
#define METAFFI_STATUS_LOAD_FAILED 8

/**
 * The runtime, platform or type cannot do this; the message says what can.
 */
#define METAFFI_STATUS_UNSUPPORTED 9

/**
 * The guest's own code failed: an exception, a panic, a raised error.
 */
#define METAFFI_STATUS_FOREIGN 10

/**
 * Memory could not be allocated.
 */
#define METAFFI_STATUS_OUT_OF_MEMORY 11

/**
 * A defect in metaffi itself, stopped at the boundary. Please report it with its message.
 */
#define METAFFI_STATUS_INTERNAL 12

/**
 * What was awaited or called was cancelled, or given up before it was done.
 */
#define METAFFI_STATUS_CANCELLED 13

/**
 * The time for it has passed; what is awaited may be done later.
 */
#define METAFFI_STATUS_TIMED_OUT 14

/**
 * An asynchronous iterator has no more values.
 */
#define METAFFI_STATUS_ENDED 15

#if defined(__cplusplus) || defined(__clang__)

/**
 * `double`.
 */
static const metaffi_type metaffi_float64_type = (metaffi_type)1;
#define metaffi_float64_type ((metaffi_type)1)

/**
 * `float`.
 */
static const metaffi_type metaffi_float32_type = (metaffi_type)2;
#define metaffi_float32_type ((metaffi_type)2)

/**
 * `int8_t`.
 */
static const metaffi_type metaffi_int8_type = (metaffi_type)4;
#define metaffi_int8_type ((metaffi_type)4)

/**
 * `int16_t`.
 */
static const metaffi_type metaffi_int16_type = (metaffi_type)8;
#define metaffi_int16_type ((metaffi_type)8)

/**
 * `int32_t`.
 */
static const metaffi_type metaffi_int32_type = (metaffi_type)16;
#define metaffi_int32_type ((metaffi_type)16)

/**
 * `int64_t`.
 */
static const metaffi_type metaffi_int64_type = (metaffi_type)32;
#define metaffi_int64_type ((metaffi_type)32)

/**
 * `uint8_t`.
 */
static const metaffi_type metaffi_uint8_type = (metaffi_type)64;
#define metaffi_uint8_type ((metaffi_type)64)

/**
 * `uint16_t`.
 */
static const metaffi_type metaffi_uint16_type = (metaffi_type)128;
#define metaffi_uint16_type ((metaffi_type)128)

/**
 * `uint32_t`.
 */
static const metaffi_type metaffi_uint32_type = (metaffi_type)256;
#define metaffi_uint32_type ((metaffi_type)256)

/**
 * `uint64_t`.
 */
static const metaffi_type metaffi_uint64_type = (metaffi_type)512;
#define metaffi_uint64_type ((metaffi_type)512)

/**
 * `bool`.
 */
static const metaffi_type metaffi_bool_type = (metaffi_type)1024;
#define metaffi_bool_type ((metaffi_type)1024)

/**
 * UTF-8 text with its length.
 */
static const metaffi_type metaffi_string8_type = (metaffi_type)4096;
#define metaffi_string8_type ((metaffi_type)4096)

/**
 * UTF-16 text with its length.
 */
static const metaffi_type metaffi_string16_type = (metaffi_type)8192;
#define metaffi_string16_type ((metaffi_type)8192)

/**
 * UTF-32 text with its length.
 */
static const metaffi_type metaffi_string32_type = (metaffi_type)16384;
#define metaffi_string32_type ((metaffi_type)16384)

/**
 * An object of a runtime, not copied.
 */
static const metaffi_type metaffi_handle_type = (metaffi_type)32768;
#define metaffi_handle_type ((metaffi_type)32768)

/**
 * Flag: an array of the type it is added to.
 */
static const metaffi_type metaffi_array_type = (metaffi_type)65536;
#define metaffi_array_type ((metaffi_type)65536)

/**
 * `size_t`.
 */
static const metaffi_type metaffi_size_type = (metaffi_type)262144;
#define metaffi_size_type ((metaffi_type)262144)

/**
 * One UTF-8 code unit.
 */
static const metaffi_type metaffi_char8_type = (metaffi_type)524288;
#define metaffi_char8_type ((metaffi_type)524288)

/**
 * One UTF-16 code unit.
 */
static const metaffi_type metaffi_char16_type = (metaffi_type)1048576;
#define metaffi_char16_type ((metaffi_type)1048576)

/**
 * One Unicode code point.
 */
static const metaffi_type metaffi_char32_type = (metaffi_type)2097152;
#define metaffi_char32_type ((metaffi_type)2097152)

/**
 * A value that carries its own type.
 */
static const metaffi_type metaffi_any_type = (metaffi_type)4194304;
#define metaffi_any_type ((metaffi_type)4194304)

/**
 * No value.
 */
static const metaffi_type metaffi_null_type = (metaffi_type)8388608;
#define metaffi_null_type ((metaffi_type)8388608)

/**
 * A function passed as a value.
 */
static const metaffi_type metaffi_callable_type = (metaffi_type)16777216;
#define metaffi_callable_type ((metaffi_type)16777216)

/**
 * Flag: an array whose elements are contiguous.
 */
static const metaffi_type metaffi_packed_type = (metaffi_type)33554432;
#define metaffi_packed_type ((metaffi_type)33554432)

/**
 * An integer of any size: a [`metaffi_bigint`].
 */
static const metaffi_type metaffi_bigint_type = (metaffi_type)4294967296;
#define metaffi_bigint_type ((metaffi_type)4294967296)

/**
 * A decimal number: a [`metaffi_decimal`].
 */
static const metaffi_type metaffi_decimal_type = (metaffi_type)8589934592;
#define metaffi_decimal_type ((metaffi_type)8589934592)

/**
 * A complex number: a [`metaffi_complex`].
 */
static const metaffi_type metaffi_complex_type = (metaffi_type)17179869184;
#define metaffi_complex_type ((metaffi_type)17179869184)

/**
 * A day: a [`metaffi_date`].
 */
static const metaffi_type metaffi_date_type = (metaffi_type)34359738368;
#define metaffi_date_type ((metaffi_type)34359738368)

/**
 * A time of day: a [`metaffi_time`].
 */
static const metaffi_type metaffi_time_type = (metaffi_type)68719476736;
#define metaffi_time_type ((metaffi_type)68719476736)

/**
 * A day and a time of it: a [`metaffi_datetime`].
 */
static const metaffi_type metaffi_datetime_type = (metaffi_type)137438953472;
#define metaffi_datetime_type ((metaffi_type)137438953472)

/**
 * A span of time: a [`metaffi_duration`].
 */
static const metaffi_type metaffi_duration_type = (metaffi_type)274877906944;
#define metaffi_duration_type ((metaffi_type)274877906944)

/**
 * The name of a time zone: a [`metaffi_zone`].
 */
static const metaffi_type metaffi_zone_type = (metaffi_type)549755813888;
#define metaffi_zone_type ((metaffi_type)549755813888)

/**
 * A universally unique identifier: a [`metaffi_uuid`].
 */
static const metaffi_type metaffi_uuid_type = (metaffi_type)1099511627776;
#define metaffi_uuid_type ((metaffi_type)1099511627776)

/**
 * The integers of a range: a [`metaffi_range`].
 */
static const metaffi_type metaffi_range_type = (metaffi_type)2199023255552;
#define metaffi_range_type ((metaffi_type)2199023255552)

/**
 * Keys with their values, in order: a [`metaffi_array`] of any, of shape (pairs, 2).
 */
static const metaffi_type metaffi_map_type = (metaffi_type)4398046511104;
#define metaffi_map_type ((metaffi_type)4398046511104)

/**
 * Values of which each is there once: a [`metaffi_array`] of one dimension.
 */
static const metaffi_type metaffi_set_type = (metaffi_type)8796093022208;
#define metaffi_set_type ((metaffi_type)8796093022208)

/**
 * A fixed number of values of any types: a [`metaffi_array`] of one dimension.
 */
static const metaffi_type metaffi_tuple_type = (metaffi_type)17592186044416;
#define metaffi_tuple_type ((metaffi_type)17592186044416)

/**
 * An array of float64.
 */
static const metaffi_type metaffi_float64_array_type = (metaffi_type)65537;
#define metaffi_float64_array_type ((metaffi_type)65537)

/**
 * An array of float32.
 */
static const metaffi_type metaffi_float32_array_type = (metaffi_type)65538;
#define metaffi_float32_array_type ((metaffi_type)65538)

/**
 * An array of int8.
 */
static const metaffi_type metaffi_int8_array_type = (metaffi_type)65540;
#define metaffi_int8_array_type ((metaffi_type)65540)

/**
 * An array of int16.
 */
static const metaffi_type metaffi_int16_array_type = (metaffi_type)65544;
#define metaffi_int16_array_type ((metaffi_type)65544)

/**
 * An array of int32.
 */
static const metaffi_type metaffi_int32_array_type = (metaffi_type)65552;
#define metaffi_int32_array_type ((metaffi_type)65552)

/**
 * An array of int64.
 */
static const metaffi_type metaffi_int64_array_type = (metaffi_type)65568;
#define metaffi_int64_array_type ((metaffi_type)65568)

/**
 * An array of uint8.
 */
static const metaffi_type metaffi_uint8_array_type = (metaffi_type)65600;
#define metaffi_uint8_array_type ((metaffi_type)65600)

/**
 * An array of uint16.
 */
static const metaffi_type metaffi_uint16_array_type = (metaffi_type)65664;
#define metaffi_uint16_array_type ((metaffi_type)65664)

/**
 * An array of uint32.
 */
static const metaffi_type metaffi_uint32_array_type = (metaffi_type)65792;
#define metaffi_uint32_array_type ((metaffi_type)65792)

/**
 * An array of uint64.
 */
static const metaffi_type metaffi_uint64_array_type = (metaffi_type)66048;
#define metaffi_uint64_array_type ((metaffi_type)66048)

/**
 * An array of bool.
 */
static const metaffi_type metaffi_bool_array_type = (metaffi_type)66560;
#define metaffi_bool_array_type ((metaffi_type)66560)

/**
 * An array of string8.
 */
static const metaffi_type metaffi_string8_array_type = (metaffi_type)69632;
#define metaffi_string8_array_type ((metaffi_type)69632)

/**
 * An array of string16.
 */
static const metaffi_type metaffi_string16_array_type = (metaffi_type)73728;
#define metaffi_string16_array_type ((metaffi_type)73728)

/**
 * An array of string32.
 */
static const metaffi_type metaffi_string32_array_type = (metaffi_type)81920;
#define metaffi_string32_array_type ((metaffi_type)81920)

/**
 * An array of handle.
 */
static const metaffi_type metaffi_handle_array_type = (metaffi_type)98304;
#define metaffi_handle_array_type ((metaffi_type)98304)

/**
 * An array of size.
 */
static const metaffi_type metaffi_size_array_type = (metaffi_type)327680;
#define metaffi_size_array_type ((metaffi_type)327680)

/**
 * An array of char8.
 */
static const metaffi_type metaffi_char8_array_type = (metaffi_type)589824;
#define metaffi_char8_array_type ((metaffi_type)589824)

/**
 * An array of char16.
 */
static const metaffi_type metaffi_char16_array_type = (metaffi_type)1114112;
#define metaffi_char16_array_type ((metaffi_type)1114112)

/**
 * An array of char32.
 */
static const metaffi_type metaffi_char32_array_type = (metaffi_type)2162688;
#define metaffi_char32_array_type ((metaffi_type)2162688)

/**
 * An array of any.
 */
static const metaffi_type metaffi_any_array_type = (metaffi_type)4259840;
#define metaffi_any_array_type ((metaffi_type)4259840)

/**
 * An array of callable.
 */
static const metaffi_type metaffi_callable_array_type = (metaffi_type)16842752;
#define metaffi_callable_array_type ((metaffi_type)16842752)

/**
 * An array of bigint.
 */
static const metaffi_type metaffi_bigint_array_type = (metaffi_type)4295032832;
#define metaffi_bigint_array_type ((metaffi_type)4295032832)

/**
 * An array of decimal.
 */
static const metaffi_type metaffi_decimal_array_type = (metaffi_type)8590000128;
#define metaffi_decimal_array_type ((metaffi_type)8590000128)

/**
 * An array of complex.
 */
static const metaffi_type metaffi_complex_array_type = (metaffi_type)17179934720;
#define metaffi_complex_array_type ((metaffi_type)17179934720)

/**
 * An array of date.
 */
static const metaffi_type metaffi_date_array_type = (metaffi_type)34359803904;
#define metaffi_date_array_type ((metaffi_type)34359803904)

/**
 * An array of time.
 */
static const metaffi_type metaffi_time_array_type = (metaffi_type)68719542272;
#define metaffi_time_array_type ((metaffi_type)68719542272)

/**
 * An array of datetime.
 */
static const metaffi_type metaffi_datetime_array_type = (metaffi_type)137439019008;
#define metaffi_datetime_array_type ((metaffi_type)137439019008)

/**
 * An array of duration.
 */
static const metaffi_type metaffi_duration_array_type = (metaffi_type)274877972480;
#define metaffi_duration_array_type ((metaffi_type)274877972480)

/**
 * An array of zone.
 */
static const metaffi_type metaffi_zone_array_type = (metaffi_type)549755879424;
#define metaffi_zone_array_type ((metaffi_type)549755879424)

/**
 * An array of uuid.
 */
static const metaffi_type metaffi_uuid_array_type = (metaffi_type)1099511693312;
#define metaffi_uuid_array_type ((metaffi_type)1099511693312)

/**
 * An array of range.
 */
static const metaffi_type metaffi_range_array_type = (metaffi_type)2199023321088;
#define metaffi_range_array_type ((metaffi_type)2199023321088)

/**
 * An array of map.
 */
static const metaffi_type metaffi_map_array_type = (metaffi_type)4398046576640;
#define metaffi_map_array_type ((metaffi_type)4398046576640)

/**
 * An array of set.
 */
static const metaffi_type metaffi_set_array_type = (metaffi_type)8796093087744;
#define metaffi_set_array_type ((metaffi_type)8796093087744)

/**
 * An array of tuple.
 */
static const metaffi_type metaffi_tuple_array_type = (metaffi_type)17592186109952;
#define metaffi_tuple_array_type ((metaffi_type)17592186109952)

/**
 * An array of float64 whose elements are contiguous.
 */
static const metaffi_type metaffi_float64_packed_array_type = (metaffi_type)33619969;
#define metaffi_float64_packed_array_type ((metaffi_type)33619969)

/**
 * An array of float32 whose elements are contiguous.
 */
static const metaffi_type metaffi_float32_packed_array_type = (metaffi_type)33619970;
#define metaffi_float32_packed_array_type ((metaffi_type)33619970)

/**
 * An array of int8 whose elements are contiguous.
 */
static const metaffi_type metaffi_int8_packed_array_type = (metaffi_type)33619972;
#define metaffi_int8_packed_array_type ((metaffi_type)33619972)

/**
 * An array of int16 whose elements are contiguous.
 */
static const metaffi_type metaffi_int16_packed_array_type = (metaffi_type)33619976;
#define metaffi_int16_packed_array_type ((metaffi_type)33619976)

/**
 * An array of int32 whose elements are contiguous.
 */
static const metaffi_type metaffi_int32_packed_array_type = (metaffi_type)33619984;
#define metaffi_int32_packed_array_type ((metaffi_type)33619984)

/**
 * An array of int64 whose elements are contiguous.
 */
static const metaffi_type metaffi_int64_packed_array_type = (metaffi_type)33620000;
#define metaffi_int64_packed_array_type ((metaffi_type)33620000)

/**
 * An array of uint8 whose elements are contiguous.
 */
static const metaffi_type metaffi_uint8_packed_array_type = (metaffi_type)33620032;
#define metaffi_uint8_packed_array_type ((metaffi_type)33620032)

/**
 * An array of uint16 whose elements are contiguous.
 */
static const metaffi_type metaffi_uint16_packed_array_type = (metaffi_type)33620096;
#define metaffi_uint16_packed_array_type ((metaffi_type)33620096)

/**
 * An array of uint32 whose elements are contiguous.
 */
static const metaffi_type metaffi_uint32_packed_array_type = (metaffi_type)33620224;
#define metaffi_uint32_packed_array_type ((metaffi_type)33620224)

/**
 * An array of uint64 whose elements are contiguous.
 */
static const metaffi_type metaffi_uint64_packed_array_type = (metaffi_type)33620480;
#define metaffi_uint64_packed_array_type ((metaffi_type)33620480)

/**
 * An array of bool whose elements are contiguous.
 */
static const metaffi_type metaffi_bool_packed_array_type = (metaffi_type)33620992;
#define metaffi_bool_packed_array_type ((metaffi_type)33620992)

/**
 * An array of string8 whose elements are contiguous.
 */
static const metaffi_type metaffi_string8_packed_array_type = (metaffi_type)33624064;
#define metaffi_string8_packed_array_type ((metaffi_type)33624064)

/**
 * An array of string16 whose elements are contiguous.
 */
static const metaffi_type metaffi_string16_packed_array_type = (metaffi_type)33628160;
#define metaffi_string16_packed_array_type ((metaffi_type)33628160)

/**
 * An array of string32 whose elements are contiguous.
 */
static const metaffi_type metaffi_string32_packed_array_type = (metaffi_type)33636352;
#define metaffi_string32_packed_array_type ((metaffi_type)33636352)

/**
 * An array of handle whose elements are contiguous.
 */
static const metaffi_type metaffi_handle_packed_array_type = (metaffi_type)33652736;
#define metaffi_handle_packed_array_type ((metaffi_type)33652736)

/**
 * An array of size whose elements are contiguous.
 */
static const metaffi_type metaffi_size_packed_array_type = (metaffi_type)33882112;
#define metaffi_size_packed_array_type ((metaffi_type)33882112)

/**
 * An array of char8 whose elements are contiguous.
 */
static const metaffi_type metaffi_char8_packed_array_type = (metaffi_type)34144256;
#define metaffi_char8_packed_array_type ((metaffi_type)34144256)

/**
 * An array of char16 whose elements are contiguous.
 */
static const metaffi_type metaffi_char16_packed_array_type = (metaffi_type)34668544;
#define metaffi_char16_packed_array_type ((metaffi_type)34668544)

/**
 * An array of char32 whose elements are contiguous.
 */
static const metaffi_type metaffi_char32_packed_array_type = (metaffi_type)35717120;
#define metaffi_char32_packed_array_type ((metaffi_type)35717120)

/**
 * An array of any whose elements are contiguous.
 */
static const metaffi_type metaffi_any_packed_array_type = (metaffi_type)37814272;
#define metaffi_any_packed_array_type ((metaffi_type)37814272)

/**
 * An array of callable whose elements are contiguous.
 */
static const metaffi_type metaffi_callable_packed_array_type = (metaffi_type)50397184;
#define metaffi_callable_packed_array_type ((metaffi_type)50397184)

/**
 * An array of bigint whose elements are contiguous.
 */
static const metaffi_type metaffi_bigint_packed_array_type = (metaffi_type)4328587264;
#define metaffi_bigint_packed_array_type ((metaffi_type)4328587264)

/**
 * An array of decimal whose elements are contiguous.
 */
static const metaffi_type metaffi_decimal_packed_array_type = (metaffi_type)8623554560;
#define metaffi_decimal_packed_array_type ((metaffi_type)8623554560)

/**
 * An array of complex whose elements are contiguous.
 */
static const metaffi_type metaffi_complex_packed_array_type = (metaffi_type)17213489152;
#define metaffi_complex_packed_array_type ((metaffi_type)17213489152)

/**
 * An array of date whose elements are contiguous.
 */
static const metaffi_type metaffi_date_packed_array_type = (metaffi_type)34393358336;
#define metaffi_date_packed_array_type ((metaffi_type)34393358336)

/**
 * An array of time whose elements are contiguous.
 */
static const metaffi_type metaffi_time_packed_array_type = (metaffi_type)68753096704;
#define metaffi_time_packed_array_type ((metaffi_type)68753096704)

/**
 * An array of datetime whose elements are contiguous.
 */
static const metaffi_type metaffi_datetime_packed_array_type = (metaffi_type)137472573440;
#define metaffi_datetime_packed_array_type ((metaffi_type)137472573440)

/**
 * An array of duration whose elements are contiguous.
 */
static const metaffi_type metaffi_duration_packed_array_type = (metaffi_type)274911526912;
#define metaffi_duration_packed_array_type ((metaffi_type)274911526912)

/**
 * An array of zone whose elements are contiguous.
 */
static const metaffi_type metaffi_zone_packed_array_type = (metaffi_type)549789433856;
#define metaffi_zone_packed_array_type ((metaffi_type)549789433856)

/**
 * An array of uuid whose elements are contiguous.
 */
static const metaffi_type metaffi_uuid_packed_array_type = (metaffi_type)1099545247744;
#define metaffi_uuid_packed_array_type ((metaffi_type)1099545247744)

/**
 * An array of range whose elements are contiguous.
 */
static const metaffi_type metaffi_range_packed_array_type = (metaffi_type)2199056875520;
#define metaffi_range_packed_array_type ((metaffi_type)2199056875520)

/**
 * An array of map whose elements are contiguous.
 */
static const metaffi_type metaffi_map_packed_array_type = (metaffi_type)4398080131072;
#define metaffi_map_packed_array_type ((metaffi_type)4398080131072)

/**
 * An array of set whose elements are contiguous.
 */
static const metaffi_type metaffi_set_packed_array_type = (metaffi_type)8796126642176;
#define metaffi_set_packed_array_type ((metaffi_type)8796126642176)

/**
 * An array of tuple whose elements are contiguous.
 */
static const metaffi_type metaffi_tuple_packed_array_type = (metaffi_type)17592219664384;
#define metaffi_tuple_packed_array_type ((metaffi_type)17592219664384)

#else

#define metaffi_float64_type 1ULL
#define metaffi_float32_type 2ULL
#define metaffi_int8_type 4ULL
#define metaffi_int16_type 8ULL
#define metaffi_int32_type 16ULL
#define metaffi_int64_type 32ULL
#define metaffi_uint8_type 64ULL
#define metaffi_uint16_type 128ULL
#define metaffi_uint32_type 256ULL
#define metaffi_uint64_type 512ULL
#define metaffi_bool_type 1024ULL
#define metaffi_string8_type 4096ULL
#define metaffi_string16_type 8192ULL
#define metaffi_string32_type 16384ULL
#define metaffi_handle_type 32768ULL
#define metaffi_array_type 65536ULL
#define metaffi_size_type 262144ULL
#define metaffi_char8_type 524288ULL
#define metaffi_char16_type 1048576ULL
#define metaffi_char32_type 2097152ULL
#define metaffi_any_type 4194304ULL
#define metaffi_null_type 8388608ULL
#define metaffi_callable_type 16777216ULL
#define metaffi_packed_type 33554432ULL
#define metaffi_bigint_type 4294967296ULL
#define metaffi_decimal_type 8589934592ULL
#define metaffi_complex_type 17179869184ULL
#define metaffi_date_type 34359738368ULL
#define metaffi_time_type 68719476736ULL
#define metaffi_datetime_type 137438953472ULL
#define metaffi_duration_type 274877906944ULL
#define metaffi_zone_type 549755813888ULL
#define metaffi_uuid_type 1099511627776ULL
#define metaffi_range_type 2199023255552ULL
#define metaffi_map_type 4398046511104ULL
#define metaffi_set_type 8796093022208ULL
#define metaffi_tuple_type 17592186044416ULL
#define metaffi_float64_array_type 65537ULL
#define metaffi_float32_array_type 65538ULL
#define metaffi_int8_array_type 65540ULL
#define metaffi_int16_array_type 65544ULL
#define metaffi_int32_array_type 65552ULL
#define metaffi_int64_array_type 65568ULL
#define metaffi_uint8_array_type 65600ULL
#define metaffi_uint16_array_type 65664ULL
#define metaffi_uint32_array_type 65792ULL
#define metaffi_uint64_array_type 66048ULL
#define metaffi_bool_array_type 66560ULL
#define metaffi_string8_array_type 69632ULL
#define metaffi_string16_array_type 73728ULL
#define metaffi_string32_array_type 81920ULL
#define metaffi_handle_array_type 98304ULL
#define metaffi_size_array_type 327680ULL
#define metaffi_char8_array_type 589824ULL
#define metaffi_char16_array_type 1114112ULL
#define metaffi_char32_array_type 2162688ULL
#define metaffi_any_array_type 4259840ULL
#define metaffi_callable_array_type 16842752ULL
#define metaffi_bigint_array_type 4295032832ULL
#define metaffi_decimal_array_type 8590000128ULL
#define metaffi_complex_array_type 17179934720ULL
#define metaffi_date_array_type 34359803904ULL
#define metaffi_time_array_type 68719542272ULL
#define metaffi_datetime_array_type 137439019008ULL
#define metaffi_duration_array_type 274877972480ULL
#define metaffi_zone_array_type 549755879424ULL
#define metaffi_uuid_array_type 1099511693312ULL
#define metaffi_range_array_type 2199023321088ULL
#define metaffi_map_array_type 4398046576640ULL
#define metaffi_set_array_type 8796093087744ULL
#define metaffi_tuple_array_type 17592186109952ULL
#define metaffi_float64_packed_array_type 33619969ULL
#define metaffi_float32_packed_array_type 33619970ULL
#define metaffi_int8_packed_array_type 33619972ULL
#define metaffi_int16_packed_array_type 33619976ULL
#define metaffi_int32_packed_array_type 33619984ULL
#define metaffi_int64_packed_array_type 33620000ULL
#define metaffi_uint8_packed_array_type 33620032ULL
#define metaffi_uint16_packed_array_type 33620096ULL
#define metaffi_uint32_packed_array_type 33620224ULL
#define metaffi_uint64_packed_array_type 33620480ULL
#define metaffi_bool_packed_array_type 33620992ULL
#define metaffi_string8_packed_array_type 33624064ULL
#define metaffi_string16_packed_array_type 33628160ULL
#define metaffi_string32_packed_array_type 33636352ULL
#define metaffi_handle_packed_array_type 33652736ULL
#define metaffi_size_packed_array_type 33882112ULL
#define metaffi_char8_packed_array_type 34144256ULL
#define metaffi_char16_packed_array_type 34668544ULL
#define metaffi_char32_packed_array_type 35717120ULL
#define metaffi_any_packed_array_type 37814272ULL
#define metaffi_callable_packed_array_type 50397184ULL
#define metaffi_bigint_packed_array_type 4328587264ULL
#define metaffi_decimal_packed_array_type 8623554560ULL
#define metaffi_complex_packed_array_type 17213489152ULL
#define metaffi_date_packed_array_type 34393358336ULL
#define metaffi_time_packed_array_type 68753096704ULL
#define metaffi_datetime_packed_array_type 137472573440ULL
#define metaffi_duration_packed_array_type 274911526912ULL
#define metaffi_zone_packed_array_type 549789433856ULL
#define metaffi_uuid_packed_array_type 1099545247744ULL
#define metaffi_range_packed_array_type 2199056875520ULL
#define metaffi_map_packed_array_type 4398080131072ULL
#define metaffi_set_packed_array_type 8796126642176ULL
#define metaffi_tuple_packed_array_type 17592219664384ULL

#endif

/**
 * Items in an order: a list, an array, any other sequence.
 */
#define METAFFI_CONTAINER_LIST 0

/**
 * Items in an order that never change.
 */
#define METAFFI_CONTAINER_TUPLE 1

/**
 * Items in no order, each there once.
 */
#define METAFFI_CONTAINER_SET 2

/**
 * Entries: of each its key and its value, in turn.
 */
#define METAFFI_CONTAINER_MAP 3

/**
 * Fields of an object: of each its name, a text, and its value, in turn.
 */
#define METAFFI_CONTAINER_OBJECT 4

/**
 * Only containers to the `depth` of the options are opened; those below come as objects. 0: not even
 * the first. Without this bit there is no limit.
 */
#define METAFFI_VISIT_DEPTH (1 << 0)

/**
 * What has no conversion is an error, instead of an object.
 */
#define METAFFI_VISIT_NO_OBJECTS (1 << 1)

/**
 * Objects whose types declare their fields, such as dataclasses and named tuples, come as containers
 * of these, instead of as an object or a tuple.
 */
#define METAFFI_VISIT_FIELDS (1 << 2)

/**
 * Maps come as lists of tuples of a key and a value.
 */
#define METAFFI_VISIT_MAPS_AS_PAIRS (1 << 3)

/**
 * Maps come as objects; a key that is no text is an error.
 */
#define METAFFI_VISIT_MAPS_AS_OBJECTS (1 << 4)

/**
 * Sets come as lists.
 */
#define METAFFI_VISIT_SETS_AS_LISTS (1 << 5)

/**
 * Tuples come as lists.
 */
#define METAFFI_VISIT_TUPLES_AS_LISTS (1 << 6)

/**
 * An integer that int64 does not hold is an error.
 */
#define METAFFI_VISIT_INT64_ONLY (1 << 7)

/**
 * An integer that int64 does not hold comes as the nearest float64; one beyond those is an error.
 */
#define METAFFI_VISIT_INTEGERS_AS_FLOAT64 (1 << 8)

/**
 * Entries and fields whose value is null are left out.
 */
#define METAFFI_VISIT_WITHOUT_NULLS (1 << 9)

/**
 * Null is an error.
 */
#define METAFFI_VISIT_NO_NULLS (1 << 10)

/**
 * Bytes come as arrays that keep their memory, instead of being lent for a call.
 */
#define METAFFI_VISIT_BYTES_VIEWED (1 << 11)

/**
 * A container that is met again comes as a whole each time, instead of as `again`; one that contains
 * itself is an error.
 */
#define METAFFI_VISIT_SHARED_COPIED (1 << 12)

/**
 * A container that is met again is an error.
 */
#define METAFFI_VISIT_NO_SHARED (1 << 13)

/**
 * Nothing: the object is visited as any other.
 */
#define METAFFI_CONVERSION_NONE 0

/**
 * It has told the visitor of one value, or of a container from `open` to `close`.
 */
#define METAFFI_CONVERSION_TOLD 1

/**
 * It has written a value, which is visited in the place of the object. No converter is asked about
 * that, but about what is in it.
 */
#define METAFFI_CONVERSION_REPLACED 2

/**
 * About what has no other conversion.
 */
#define METAFFI_CONVERTER_LAST 0

/**
 * About every object that is no number, text, truth value or null, before any other conversion.
 */
#define METAFFI_CONVERTER_FIRST 1

#ifdef __cplusplus
extern "C" {
#endif /* __cplusplus */

/**
 * A new array of zeroes, contiguous in C order: numbers 0, strings, handles, callables and rows
 * NULL, values of any null.
 *
 * Its elements are metaffi's: what is put into them by metaffi_array_set, or directly, is freed
 * with the array. Text put in directly is allocated by metaffi_alloc.
 *
 * @param element The type of one element; an array type makes a ragged array, whose elements are
 *        arrays themselves.
 * @param shape `rank` extents, copied.
 * @param rank The number of dimensions, 1 to 32.
 * @param array The array, owned by the caller: metaffi_array_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, or no array can have
 *         that element, rank or shape; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `shape` is NULL or has `rank` extents; `array` and `error` are NULL or writable.
 */
metaffi_status metaffi_array_new(metaffi_type element,
                                 const size_t *shape,
                                 size_t rank,
                                 struct metaffi_array **array,
                                 struct metaffi_error **error);

/**
 * An array of elements that stay in memory of yours.
 *
 * What the elements point to stays yours as well: metaffi_array_set writes numbers, bools and
 * characters only.
 *
 * @param data The first element, that is the one with index 0 in every dimension; NULL only if
 *        there are none.
 * @param element The type of one element.
 * @param shape `rank` extents, copied.
 * @param strides `rank` distances in bytes, copied; they may be negative or zero. NULL:
 *        contiguous in C order.
 * @param rank The number of dimensions, 1 to 32.
 * @param finalizer Called once with `userdata` when the array is freed, on whatever thread frees
 *        it; until then the elements stay valid. Not called if this function fails. NULL: nobody
 *        is told.
 * @param userdata For the finalizer.
 * @param array The array, owned by the caller: metaffi_array_free.
 * @return As metaffi_array_new.
 *
 * @pre The elements are where `data`, `shape` and `strides` say; `array` and `error` are NULL or
 * writable.
 */
metaffi_status metaffi_array_borrow(void *data,
                                    metaffi_type element,
                                    const size_t *shape,
                                    const ptrdiff_t *strides,
                                    size_t rank,
                                    metaffi_finalizer finalizer,
                                    void *userdata,
                                    struct metaffi_array **array,
                                    struct metaffi_error **error);

/**
 * A copy of what indices select.
 *
 * One index per dimension selects an element; fewer, the sub-array of the dimensions that are
 * left, none at all the whole array; more, what the rest of them select in that row of a ragged
 * array. A row that was never set is null.
 *
 * @param array Borrowed for the call.
 * @param indices `count` indices, from 0, outermost dimension first.
 * @param value The copy, owned by the caller: metaffi_value_clear.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if an index is out of bounds, or leads into a
 *         row that was never set; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, the array
 *         is not valid or has not that many dimensions; otherwise as metaffi_value_copy.
 *
 * @pre `array` is NULL or an array whose elements are valid; `indices` is NULL or has `count` indices;
 * `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_array_get(const struct metaffi_array *array,
                                 const size_t *indices,
                                 size_t count,
                                 struct metaffi_value *value,
                                 struct metaffi_error **error);

/**
 * Replaces an element by a copy of a value, converted as metaffi_value_convert does; what the
 * element owned is freed.
 *
 * @param array Borrowed for the call; no other thread uses it meanwhile.
 * @param indices `count` indices, one per dimension, then those into the row of a ragged array.
 * @param value Borrowed for the call.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if an index is out of bounds or the number does
 *         not fit; METAFFI_STATUS_TYPE_MISMATCH if the value is not of the element's type;
 *         METAFFI_STATUS_UNSUPPORTED if the array is read-only, or is borrowed and its elements
 *         own something;
 *         otherwise as metaffi_array_get.
 *
 * @pre As for metaffi_array_get; `value` is NULL or a value whose payload is that of its type.
 */
metaffi_status metaffi_array_set(struct metaffi_array *array,
                                 const size_t *indices,
                                 size_t count,
                                 const struct metaffi_value *value,
                                 struct metaffi_error **error);

/**
 * A deep copy of an array, contiguous in C order, whose elements are metaffi's.
 *
 * @param array Borrowed for the call.
 * @param copy The copy, owned by the caller: metaffi_array_free.
 * @return As metaffi_value_copy.
 *
 * @pre `array` is NULL or an array whose elements are valid; `copy` and `error` are NULL or writable.
 */
metaffi_status metaffi_array_copy(const struct metaffi_array *array,
                                  struct metaffi_array **copy,
                                  struct metaffi_error **error);

/**
 * The number of elements: the product of the extents.
 *
 * @return The number; 0 also for NULL and for an array that is not valid.
 *
 * @pre `array` is NULL or an array.
 */
size_t metaffi_array_length(const struct metaffi_array *array);

/**
 * Whether the elements of an array must not be written: those of a guest's immutable object, such
 * as Python's `bytes`, are seen where they are. A copy may be written.
 *
 * @return 1 if they must not; 0 if they may, and for NULL and an array that is not valid.
 *
 * @pre `array` is NULL or an array.
 */
bool metaffi_array_is_read_only(const struct metaffi_array *array);

/**
 * Frees an array by its `release`: one of metaffi's with all that its elements own, one that is
 * borrowed tells its finalizer. One without a `release` is left as it is.
 *
 * @param array From metaffi, freed once; NULL is fine.
 *
 * @pre `array` is NULL or an array that is not used again.
 */
void metaffi_array_free(struct metaffi_array *array);

/**
 * A callable that runs a function of the host's.
 *
 * @param callback Called with `userdata` and a frame, on whatever thread the guest calls from,
 *        possibly on several at once and re-entrantly; see metaffi_callback.
 * @param params `param_count` types of what it takes.
 * @param returns `return_count` types of what it gives back.
 * @param userdata Given to `callback`; the callable owns it from success on.
 * @param finalizer Called once with `userdata`, on any thread, after the last handle was freed and
 *        the last call has returned; may be NULL.
 * @param callable The new handle, owned by the caller: metaffi_callable_free. A guest that keeps a
 *        C function pointer of it keeps nothing alive: free it only when C has done with that.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT; METAFFI_STATUS_UNSUPPORTED;
 *         METAFFI_STATUS_OUT_OF_MEMORY. On failure `userdata` stays the caller's.
 *
 * @pre `callback` may be called as described until the finalizer is called; types are as many as said;
 * `callable` and `error` are NULL or writable.
 */
metaffi_status metaffi_callable_new(metaffi_callback callback,
                                    const struct metaffi_type_info *params,
                                    size_t param_count,
                                    const struct metaffi_type_info *returns,
                                    size_t return_count,
                                    void *userdata,
                                    metaffi_finalizer finalizer,
                                    struct metaffi_callable **callable,
                                    struct metaffi_error **error);

/**
 * A callable that runs a function of the host's which takes any values, also by name: in Python
 * `*args, **kwargs`.
 *
 * Called by values it takes any number of them, and gives one. By frame and by a C function pointer
 * it is a function of its parameters, each of them any; a function pointer of another C type gives it
 * what C gives.
 *
 * @param callback Called with `userdata` and the values, on whatever thread the guest calls from,
 *        possibly on several at once and re-entrantly; see metaffi_values_callback.
 * @param names The names of the `name_count` parameters that it says it has, for those who look at it:
 *        what is given for them arrives as it was given, by position or by name. NULL for none.
 * @param required How many of these have to be given; a call without one of them is refused.
 * @param userdata Given to `callback`; the callable owns it from success on.
 * @param finalizer Called once with `userdata`, on any thread, after the last handle was freed and
 *        the last call has returned; may be NULL.
 * @param callable The new handle, owned by the caller: metaffi_callable_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT, also if a name is given twice or more are
 *         required than there are; METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_OUT_OF_MEMORY. On
 *         failure `userdata` stays the caller's.
 *
 * @pre `callback` may be called as described until the finalizer is called; `names` is NULL or has
 * `name_count` texts that are NUL-terminated; `callable` and `error` are NULL or writable.
 */
metaffi_status metaffi_callable_new_values(metaffi_values_callback callback,
                                           const char *const *names,
                                           size_t name_count,
                                           size_t required,
                                           void *userdata,
                                           metaffi_finalizer finalizer,
                                           struct metaffi_callable **callable,
                                           struct metaffi_error **error);

/**
 * A callable of a C function with the natural C signature of the given types; see
 * metaffi_callable_native.
 *
 * @param pointer The function, callable on any thread until the finalizer is called.
 * @param userdata Given to `finalizer`; the callable owns it from success on.
 * @param finalizer Called once, on any thread, after the last handle was freed and the last call has
 *        returned; may be NULL.
 * @param callable The new handle, owned by the caller: metaffi_callable_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT; METAFFI_STATUS_UNSUPPORTED;
 *         METAFFI_STATUS_OUT_OF_MEMORY. On failure `userdata` stays the caller's.
 *
 * @pre `pointer` has that signature; types are as many as said; `callable` and `error` are NULL or
 * writable.
 */
metaffi_status metaffi_callable_from_pointer(metaffi_function pointer,
                                             const struct metaffi_type_info *params,
                                             size_t param_count,
                                             const struct metaffi_type_info *returns,
                                             size_t return_count,
                                             void *userdata,
                                             metaffi_finalizer finalizer,
                                             struct metaffi_callable **callable,
                                             struct metaffi_error **error);

/**
 * A callable of an entity, which it keeps loaded. Its name is the entity's.
 *
 * @param callable The new handle, owned by the caller: metaffi_callable_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
 *         `callable` is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `callable` and `error` are NULL or writable.
 */
metaffi_status metaffi_callable_from_entity(const struct metaffi_entity *entity,
                                            struct metaffi_callable **callable,
                                            struct metaffi_error **error);

/**
 * Says who is told when a call that C makes through a function pointer of the callable fails, and
 * no call from a host language runs that C code, which would end with the error: C gets zero, and
 * the error would otherwise be reported as its runtime reports what nobody catches, by Python
 * through `sys.unraisablehook`, or printed to standard error. Told at once.
 *
 * Also told of calls after the callable was freed, as long as C keeps the pointer: `handler` and
 * `userdata` must be good for every such call.
 *
 * @param handler Called on the thread of the call; its error is borrowed for the call. NULL
 *        reports as described again.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre `handler` may be called on any thread; `error` is NULL or writable.
 */
metaffi_status metaffi_callable_set_error_handler(const struct metaffi_callable *callable,
                                                  metaffi_error_handler handler,
                                                  void *userdata,
                                                  struct metaffi_error **error);

/**
 * How many parameters a callable has.
 *
 * @return Their number; 0 if `callable` is no callable.
 */
size_t metaffi_callable_param_count(const struct metaffi_callable *callable);

/**
 * How many return values a callable has.
 *
 * @return Their number; 0 if `callable` is no callable.
 */
size_t metaffi_callable_return_count(const struct metaffi_callable *callable);

/**
 * A parameter's type and name.
 *
 * @param index Below metaffi_callable_param_count.
 * @param info The type; its alias is borrowed until the callable is freed.
 * @param name May be NULL. The name, borrowed likewise; NULL where it is not known.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_INVALID_HANDLE;
 *         METAFFI_STATUS_INVALID_ARGUMENT if `info` is NULL.
 *
 * @pre `info`, `name` and `error` are NULL or writable.
 */
metaffi_status metaffi_callable_param(const struct metaffi_callable *callable,
                                      size_t index,
                                      struct metaffi_type_info *info,
                                      const char **name,
                                      struct metaffi_error **error);

/**
 * A return value's type.
 *
 * @param index Below metaffi_callable_return_count.
 * @param info The type; its alias is borrowed until the callable is freed.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_INVALID_HANDLE;
 *         METAFFI_STATUS_INVALID_ARGUMENT if `info` is NULL.
 *
 * @pre `info` and `error` are NULL or writable.
 */
metaffi_status metaffi_callable_return(const struct metaffi_callable *callable,
                                       size_t index,
                                       struct metaffi_type_info *info,
                                       struct metaffi_error **error);

/**
 * Calls by values: checked, with lossless conversions.
 *
 * C++ exceptions and longjmp of guests and hosts pass through.
 *
 * @param arguments `argument_count` values, borrowed for the call: one for each parameter, more
 *        if the function is variadic.
 * @param returns Room for `return_count` values, one for each return; each is owned by the
 *        caller: metaffi_value_clear. Zeroed on failure.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT for a wrong
 *         number of values; METAFFI_STATUS_TYPE_MISMATCH, METAFFI_STATUS_OUT_OF_RANGE and
 *         METAFFI_STATUS_INVALID_TEXT for a value that does not fit, naming the argument;
 *         METAFFI_STATUS_FOREIGN if the function itself fails.
 *
 * @pre `arguments` has `argument_count` values that are what their types say; `returns` has room for
 * `return_count`; `error` is NULL or writable.
 */
metaffi_status metaffi_callable_call(const struct metaffi_callable *callable,
                                     const struct metaffi_value *arguments,
                                     size_t argument_count,
                                     struct metaffi_value *returns,
                                     size_t return_count,
                                     struct metaffi_error **error);

/**
 * Calls by values as metaffi_object_call does: the last arguments may have names, and there is one
 * value, a tuple of several, or null of none.
 *
 * A name says which of its parameters an argument is for; a callable of metaffi_callable_new_values
 * is given it.
 *
 * @param arguments `count` values, borrowed for the call: those that are given by position, then
 *        those that are given by name.
 * @param names The `name_count` names of the last ones, interned: metaffi_name_intern. NULL for none.
 * @param returned What it gives, owned by the caller: metaffi_value_clear. Zeroed on failure.
 * @return As metaffi_callable_call; METAFFI_STATUS_INVALID_ARGUMENT also for a name that no parameter
 *         has, that is given twice, or for more names than arguments.
 *
 * @pre `arguments` is NULL or has `count` values that are what their types say; `names` is NULL or has
 * `name_count` names; `returned` and `error` are NULL or writable.
 */
metaffi_status metaffi_callable_call_named(const struct metaffi_callable *callable,
                                           const struct metaffi_value *arguments,
                                           size_t count,
                                           const struct metaffi_name *const *names,
                                           size_t name_count,
                                           struct metaffi_value *returned,
                                           struct metaffi_error **error);

/**
 * Calls by frame: the arguments are in `frame`, the returns are stored there. Nothing is checked
 * but the handle.
 *
 * C++ exceptions and longjmp of guests and hosts pass through.
 *
 * @param frame metaffi_callable_frame_size slots, with the arguments filled in. Strings, objects,
 *        callables and arrays among the returns are owned by the caller.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `frame`
 *         is NULL; what a conversion or the function itself reports.
 *
 * @pre `frame` is as described; `error` is NULL or writable.
 */
metaffi_status metaffi_callable_call_frame(const struct metaffi_callable *callable,
                                           metaffi_slot *frame,
                                           struct metaffi_error **error);

/**
 * How many slots a frame has.
 *
 * @return Their number; 0 if `callable` is no callable.
 */
size_t metaffi_callable_frame_size(const struct metaffi_callable *callable);

/**
 * The first slot of a parameter.
 *
 * @return Its index in the frame; SIZE_MAX if there is no such parameter.
 */
size_t metaffi_callable_frame_param(const struct metaffi_callable *callable, size_t index);

/**
 * The first slot of a return value.
 *
 * @return Its index in the frame; SIZE_MAX if there is no such return.
 */
size_t metaffi_callable_frame_return(const struct metaffi_callable *callable, size_t index);

/**
 * The C function pointer with the natural C signature.
 *
 * Numbers, bool and characters are themselves; strings are NUL-terminated `const char *`,
 * `const uint16_t *`, `const uint32_t *`; handles and callables are `metaffi_object *` and
 * `metaffi_callable *`; arrays and any are `const metaffi_array *` and `const metaffi_value *`.
 * One return is the C return value; several are stored through pointers that follow the
 * arguments. Returned memory is owned by the caller, as with the other ways to call.
 *
 * Of a C function it is the function itself. Of anything else it is a closure: a call that fails
 * returns zero, and its error goes to the callable's error handler.
 *
 * @param pointer The pointer; valid until the callable is freed.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
 *         `pointer` is NULL; METAFFI_STATUS_UNSUPPORTED; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `pointer` and `error` are NULL or writable.
 */
metaffi_status metaffi_callable_native(const struct metaffi_callable *callable,
                                       metaffi_function *pointer,
                                       struct metaffi_error **error);

/**
 * Another handle for the same callable.
 *
 * @param clone The new handle, owned by the caller: metaffi_callable_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
 *         is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `clone` and `error` are NULL or writable.
 */
metaffi_status metaffi_callable_clone(const struct metaffi_callable *callable,
                                      struct metaffi_callable **clone,
                                      struct metaffi_error **error);

/**
 * Frees a handle of a callable. NULL is fine. Safe while other threads call it: it takes effect when
 * their calls have returned.
 *
 * @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no callable or was freed already.
 */
metaffi_status metaffi_callable_free(struct metaffi_callable *callable);

/**
 * Names a callable: what its function is called in the guests that it is passed to, such as
 * Python's `__name__`.
 *
 * @param name UTF-8, copied. A callable is named once; that of an entity has the entity's name.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `name` is NULL or the callable has a
 *         name; METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre `name` is NULL or NUL-terminated; `error` is NULL or writable.
 */
metaffi_status metaffi_callable_set_name(const struct metaffi_callable *callable,
                                         const char *name,
                                         struct metaffi_error **error);

/**
 * The name of a callable.
 *
 * @return UTF-8, borrowed until the callable is freed; NULL if it has none or is no callable.
 */
const char *metaffi_callable_name(const struct metaffi_callable *callable);

/**
 * Documents a callable: what guests show of it, such as Python's `__doc__`.
 *
 * @param text UTF-8, copied. A callable is documented once; without it, guests show its types.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `text` is NULL or the callable is documented;
 *         METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre `text` is NULL or NUL-terminated; `error` is NULL or writable.
 */
metaffi_status metaffi_callable_set_documentation(const struct metaffi_callable *callable,
                                                  const char *text,
                                                  struct metaffi_error **error);

/**
 * What a callable is documented with.
 *
 * @return UTF-8, borrowed until the callable is freed; NULL if there is nothing or it is no callable.
 */
const char *metaffi_callable_documentation(const struct metaffi_callable *callable);

/**
 * What a callable of the host's was made with. One that went through a guest and comes back is the
 * same callable, of another handle.
 *
 * @param callback What was given to metaffi_callable_new or metaffi_callable_new_values, cast: it
 *        tells callables of a kind from others.
 * @return The `userdata`, which is there as long as a handle of the callable is; NULL if it runs
 *         another function, or is no callable.
 */
void *metaffi_callable_userdata(const struct metaffi_callable *callable, metaffi_function callback);

/**
 * How many arguments a callable has to be given, and whether by name as well: that of a function of
 * Python's, as metaffi_entity_required.
 *
 * @param least May be NULL. How many of its parameters have no default; the others may be left out,
 *        from the last on.
 * @param takes_names May be NULL. Whether its own language may give it arguments by name.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre `least`, `takes_names` and `error` are NULL or writable.
 */
metaffi_status metaffi_callable_required(const struct metaffi_callable *callable,
                                         size_t *least,
                                         bool *takes_names,
                                         struct metaffi_error **error);

/**
 * Says that a callable's function is quick: it returns soon, and takes no lock that a thread
 * waiting for the runtime may hold. Then a runtime that has a lock, such as Python's GIL, keeps
 * it while the function runs, which is cheaper. Otherwise the runtime goes on on other threads
 * meanwhile.
 *
 * Do not say it of a function that waits: for another thread, for input, or for a lock under
 * which somebody calls the same runtime. That would be a deadlock.
 *
 * @param quick Whether it is; false for a new callable.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre `error` is NULL or writable.
 */
metaffi_status metaffi_callable_set_quick(const struct metaffi_callable *callable,
                                          bool quick,
                                          struct metaffi_error **error);

/**
 * A new value of a C type, in memory of its own.
 *
 * @param ctype The type. `T[]` gets the length of its initialiser, text with its NUL; a struct
 *        that ends in one gets room for what is given for it.
 * @param init The initialiser, borrowed for the call; NULL, or a null value, for zeroes. A number
 *        for a number; text for an array of characters, converted to their width; an array for an
 *        array, the rest being zero; an array (of any, if they differ) of the members of a struct
 *        in order, or of a union's first; an object of the same type. A pointer takes an address
 *        as an integer, a callable, another pointer, or an object to point to; in the last two
 *        cases it keeps alive what it points into.
 * @param object The new object, owned by the caller: metaffi_object_free, which frees the memory
 *        when no pointer or part keeps it.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for a type without a definition, or a value
 *         that is not of the type; METAFFI_STATUS_OUT_OF_RANGE for one that does not fit;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT;
 *         METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `init` is NULL or a value that is what its type says; `object` and `error` are NULL or writable.
 */
metaffi_status metaffi_cdata_new(const struct metaffi_ctype *ctype,
                                 const struct metaffi_value *init,
                                 struct metaffi_object **object,
                                 struct metaffi_error **error);

/**
 * A new array of zeroes, in memory of its own.
 *
 * @param ctype The type of an element. Of an array without a length, `T[]`, the object is that
 *        array with `length` elements; of a struct that ends in one, it is that struct with
 *        `length` elements there.
 * @param length The number of elements.
 * @param object The new object, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for a type without a definition;
 *         METAFFI_STATUS_OUT_OF_RANGE if it were larger than memory;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `object` is NULL;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `object` and `error` are NULL or writable.
 */
metaffi_status metaffi_cdata_new_array(const struct metaffi_ctype *ctype,
                                       size_t length,
                                       struct metaffi_object **object,
                                       struct metaffi_error **error);

/**
 * The value of a C type that is at an address, not copied.
 *
 * @param ctype Its type. One without a definition is fine for what is only pointed to; accesses
 *        to `T[]`, and to such an array at the end of a struct, are not checked against a length.
 * @param address Where it is; not NULL.
 * @param userdata Given to `finalizer`; the object owns it from success on.
 * @param finalizer Called once with `userdata`, on any thread, when nothing uses the memory any
 *        more or it was released; may be NULL.
 * @param object The new object, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `address` or `object` is NULL;
 *         METAFFI_STATUS_TYPE_MISMATCH for `void`; METAFFI_STATUS_INVALID_HANDLE. On failure
 *         `userdata` stays the caller's.
 *
 * @pre A value of the type is at `address` until the finalizer is called, or as long as the object and
 * what keeps it are used; `object` and `error` are NULL or writable.
 */
metaffi_status metaffi_cdata_from_address(const struct metaffi_ctype *ctype,
                                          void *address,
                                          void *userdata,
                                          metaffi_finalizer finalizer,
                                          struct metaffi_object **object,
                                          struct metaffi_error **error);

/**
 * The value of an object as another type, as C casts it.
 *
 * Numbers convert: integers wrap, real numbers are rounded or lose their fraction. Pointers and
 * integers convert to each other, and an array is the pointer to its first element. To a struct,
 * a union or an array nothing is converted: the new object is the same memory, seen as that. A
 * pointer keeps alive what the original kept, or the array.
 *
 * @param object Borrowed for the call.
 * @param ctype The type to cast to.
 * @param cast The new object, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH if C has no such cast;
 *         METAFFI_STATUS_OUT_OF_RANGE for a real number that does not fit an integer type, or
 *         memory that is too small; METAFFI_STATUS_UNSUPPORTED for `_Float128`;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `cast` is NULL.
 *
 * @pre `cast` and `error` are NULL or writable.
 */
metaffi_status metaffi_cdata_cast(const struct metaffi_object *object,
                                  const struct metaffi_ctype *ctype,
                                  struct metaffi_object **cast,
                                  struct metaffi_error **error);

/**
 * A pointer to a part of an object, as C's `&` makes it. It keeps the object's memory alive.
 *
 * @param path NUL-terminated: as for metaffi_cdata_read; "" for the object itself. What lies
 *        behind another pointer is kept alive only if that pointer keeps it.
 * @param pointer The new object, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for a bit-field; otherwise as
 *         metaffi_cdata_read.
 *
 * @pre `path` is NULL or NUL-terminated, and what pointers on it point to is there; `pointer` and
 * `error` are NULL or writable.
 */
metaffi_status metaffi_cdata_address_of(const struct metaffi_object *object,
                                        const char *path,
                                        struct metaffi_object **pointer,
                                        struct metaffi_error **error);

/**
 * Frees an object's memory now instead of with its last handle: every later use of it, of its
 * parts and of pointers that keep it is an error. A call that is using it on another thread keeps
 * it until it returns.
 *
 * Of memory that is not the object's own, the finalizer is called. Of a part of another object,
 * only the part ends. Releasing once more does nothing; the handle is still freed as any other.
 *
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT while an array of metaffi_cdata_buffer
 *         views the memory; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_TYPE_MISMATCH if it is
 *         no C data.
 *
 * @pre C does not use the memory any more; `error` is NULL or writable.
 */
metaffi_status metaffi_cdata_release(const struct metaffi_object *object,
                                     struct metaffi_error **error);

/**
 * Reads a part of an object.
 *
 * @param path NUL-terminated: "" is the object itself; "a.b[2].c" goes through members and
 *        elements, "[3]" through the elements of an array or at a pointer, "*" to what a pointer
 *        points to, "next->value" to a member of that. The parts of a complex number are [0] and
 *        [1].
 * @param value The part, owned by the caller: metaffi_value_clear. Bools, integers up to 64 bits,
 *        bit-fields, float and double are numbers of their width; a function pointer is a
 *        callable; another pointer is an object that holds its value; anything else (struct,
 *        union, array, long double, …) is an object that shares the memory and keeps it alive:
 *        writing to it writes there. NULL is a null handle or callable.
 * @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if there is no such member;
 *         METAFFI_STATUS_OUT_OF_RANGE for what lies outside of an array or of the object's memory;
 *         METAFFI_STATUS_TYPE_MISMATCH for a step through what has no parts, or an object that is
 *         no C data; METAFFI_STATUS_INVALID_ARGUMENT for a step through NULL, or an argument that
 *         is NULL; METAFFI_STATUS_SYNTAX; METAFFI_STATUS_INVALID_HANDLE, also for memory that was
 *         released.
 *
 * @pre `path` is NULL or NUL-terminated, and what pointers on it point to is there; `value` and `error`
 * are NULL or writable.
 */
metaffi_status metaffi_cdata_read(const struct metaffi_object *object,
                                  const char *path,
                                  struct metaffi_value *value,
                                  struct metaffi_error **error);

/**
 * Writes a part of an object, as metaffi_cdata_new would initialise it.
 *
 * A pointer that is written keeps nothing alive: what it points to must outlive its use.
 *
 * @param path As for metaffi_cdata_read.
 * @param value Borrowed for the call.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT also for what is const; otherwise as
 *         metaffi_cdata_read and metaffi_cdata_new. An array or a struct may have been written in
 *         part.
 *
 * @pre `path` is NULL or NUL-terminated, and what pointers on it point to is there; `value` is NULL or
 * what its type says; `error` is NULL or writable.
 */
metaffi_status metaffi_cdata_write(const struct metaffi_object *object,
                                   const char *path,
                                   const struct metaffi_value *value,
                                   struct metaffi_error **error);

/**
 * Where an object's value is.
 *
 * @param address Its first byte, valid until the memory is released or its last handle freed. Of
 *        a pointer, where the pointer is kept; metaffi_cdata_pointer gives what it holds.
 * @param size May be NULL. How many bytes are known to be there.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_TYPE_MISMATCH if it is no C
 *         data; METAFFI_STATUS_INVALID_ARGUMENT if `address` is NULL.
 *
 * @pre `address`, `size` and `error` are NULL or writable.
 */
metaffi_status metaffi_cdata_address(const struct metaffi_object *object,
                                     void **address,
                                     size_t *size,
                                     struct metaffi_error **error);

/**
 * The address that an object stands for as an argument of a C function: what a pointer holds; the
 * address of an array, a struct or a union.
 *
 * @param pointer The address, valid as long as what it points to; NULL if the pointer is.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for a number, which is no pointer, or what is
 *         no C data; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `pointer`
 *         is NULL.
 *
 * @pre `pointer` and `error` are NULL or writable.
 */
metaffi_status metaffi_cdata_pointer(const struct metaffi_object *object,
                                     void **pointer,
                                     struct metaffi_error **error);

/**
 * The type of an object.
 *
 * @param type A new handle, owned by the caller: metaffi_ctype_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_TYPE_MISMATCH if it is no C
 *         data; METAFFI_STATUS_INVALID_ARGUMENT if `type` is NULL.
 *
 * @pre `type` and `error` are NULL or writable.
 */
metaffi_status metaffi_cdata_type(const struct metaffi_object *object,
                                  struct metaffi_ctype **type,
                                  struct metaffi_error **error);

/**
 * A copy of the text in an array of characters, or at a pointer to them.
 *
 * @param max_length At most so many code units; SIZE_MAX for as many as there are. The text ends
 *        before them at a NUL, and at the end of the array or of the memory that the pointer
 *        points into, where that is known.
 * @param string The text, owned by the caller: metaffi_value_clear. A string8 for characters of
 *        one byte, a string16 for those of two, a string32 for those of four.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for what has no characters;
 *         METAFFI_STATUS_INVALID_TEXT if it is not UTF-8, UTF-16 or UTF-32, with the unit where;
 *         METAFFI_STATUS_INVALID_ARGUMENT for a NULL pointer; METAFFI_STATUS_INVALID_HANDLE;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre Text at a pointer ends with a NUL or has `max_length` units; `string` and `error` are NULL or
 * writable.
 */
metaffi_status metaffi_cdata_string(const struct metaffi_object *object,
                                    size_t max_length,
                                    struct metaffi_value *string,
                                    struct metaffi_error **error);

/**
 * The bytes of an object, or those that a pointer points to, as an array of uint8 that shares the
 * memory: what is written to it is written there.
 *
 * The array keeps the memory alive until it is freed, and until then it cannot be released.
 *
 * @param size How many bytes; SIZE_MAX for all of the object, or one value at a pointer.
 * @param bytes The array, owned by the caller: metaffi_array_free.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE for more bytes than there are;
 *         METAFFI_STATUS_INVALID_ARGUMENT for SIZE_MAX where nobody knows how many there are, or a
 *         NULL pointer; METAFFI_STATUS_TYPE_MISMATCH if it is no C data;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre So many bytes are at a pointer; `bytes` and `error` are NULL or writable.
 */
metaffi_status metaffi_cdata_buffer(const struct metaffi_object *object,
                                    size_t size,
                                    struct metaffi_array **bytes,
                                    struct metaffi_error **error);

/**
 * The C type of a type name: "int", "const char *", "struct point [4]", "int (*)(const char *)",
 * a typedef name or tag that the module declares, or an integer type of the standard headers.
 *
 * A struct, union or enum that is declared but not defined is a type too: one that can only be
 * pointed to until it is defined, of which the handle then knows.
 *
 * @param module A module of runtime c. The type keeps the module's types in memory, not the
 *        module loaded.
 * @param text NUL-terminated UTF-8.
 * @param ctype The new handle, owned by the caller: metaffi_ctype_free.
 * @return METAFFI_OK; METAFFI_STATUS_SYNTAX with line and column; METAFFI_STATUS_NOT_FOUND for a
 *         tag that nothing declares; METAFFI_STATUS_UNSUPPORTED for a module of another runtime;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
 *         METAFFI_STATUS_INVALID_TEXT.
 *
 * @pre `text` is NULL or NUL-terminated; `ctype` and `error` are NULL or writable.
 */
metaffi_status metaffi_ctype_parse(const struct metaffi_module *module,
                                   const char *text,
                                   struct metaffi_ctype **ctype,
                                   struct metaffi_error **error);

/**
 * Another handle for the same type.
 *
 * @param clone The new handle, owned by the caller: metaffi_ctype_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
 *         is NULL.
 *
 * @pre `clone` and `error` are NULL or writable.
 */
metaffi_status metaffi_ctype_clone(const struct metaffi_ctype *ctype,
                                   struct metaffi_ctype **clone,
                                   struct metaffi_error **error);

/**
 * Frees a handle of a type, on any thread; data and callables of the type stay valid. NULL is
 * fine.
 *
 * @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no type or was freed already.
 */
metaffi_status metaffi_ctype_free(struct metaffi_ctype *ctype);

/**
 * A type that C spells with keywords. It belongs to no module, as what is built of such types
 * alone: it may be a part of the types of every module.
 *
 * @param primitive One of METAFFI_PRIMITIVE_….
 * @param ctype The new handle, owned by the caller: metaffi_ctype_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT for another number, or if `ctype` is NULL.
 *
 * @pre `ctype` and `error` are NULL or writable.
 */
metaffi_status metaffi_ctype_primitive(uint32_t primitive,
                                       struct metaffi_ctype **ctype,
                                       struct metaffi_error **error);

/**
 * Which primitive a type is, seen through typedef names and qualifiers.
 *
 * @return One of METAFFI_PRIMITIVE_…; METAFFI_PRIMITIVE_NONE for all other types, and if `ctype` is
 *         no type.
 */
uint32_t metaffi_ctype_primitive_number(const struct metaffi_ctype *ctype);

/**
 * A pointer to a type.
 *
 * @param target Any type, also `void`, a function, or one without a definition.
 * @param ctype The new handle, owned by the caller: metaffi_ctype_free.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if the type is built too deep;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `ctype` is NULL.
 *
 * @pre `ctype` and `error` are NULL or writable.
 */
metaffi_status metaffi_ctype_pointer(const struct metaffi_ctype *target,
                                     struct metaffi_ctype **ctype,
                                     struct metaffi_error **error);

/**
 * An array of a type.
 *
 * @param element The type of an element.
 * @param length The number of elements; SIZE_MAX for an array without a length, `T[]`.
 * @param ctype The new handle, owned by the caller: metaffi_ctype_free.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH if there are no arrays of that type;
 *         METAFFI_STATUS_OUT_OF_RANGE if it were larger than memory;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `ctype` is NULL.
 *
 * @pre `ctype` and `error` are NULL or writable.
 */
metaffi_status metaffi_ctype_array(const struct metaffi_ctype *element,
                                   size_t length,
                                   struct metaffi_ctype **ctype,
                                   struct metaffi_error **error);

/**
 * A struct, laid out as the C compiler would.
 *
 * @param module The module of runtime c that the type and its tag belong to.
 * @param tag NUL-terminated; NULL for a struct without a tag, which is a new type each time. The
 *        same definition again is fine.
 * @param fields `field_count` members, borrowed for the call. A bit-field without a name is
 *        padding; a struct or union without a name lends its members; what else has no name takes
 *        its place, and is passed, like any other; an array without a length comes last. NULL, or METAFFI_UNSPECIFIED of
 *        them, declares the struct without defining it, so that its own members may point to it.
 * @param pack As by `#pragma pack(n)`, in bytes: 1 packs; 0 for the natural layout.
 * @param align At least this alignment in bytes, as by `aligned(n)`; 0 for the natural one.
 * @param ctype The new handle, owned by the caller: metaffi_ctype_free.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH if a member cannot be one, or the tag is
 *         defined otherwise; METAFFI_STATUS_OUT_OF_RANGE for a width or an alignment that cannot
 *         be; METAFFI_STATUS_INVALID_ARGUMENT for a type of another module, a width below 0, or
 *         NULL; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_UNSUPPORTED for a module of another
 *         runtime; METAFFI_STATUS_INVALID_TEXT.
 *
 * @pre `tag` and the names are NULL or NUL-terminated; `fields` has `field_count`; `ctype` and `error`
 * are NULL or writable.
 */
metaffi_status metaffi_ctype_struct(const struct metaffi_module *module,
                                    const char *tag,
                                    const struct metaffi_ctype_field *fields,
                                    size_t field_count,
                                    uint32_t pack,
                                    uint32_t align,
                                    struct metaffi_ctype **ctype,
                                    struct metaffi_error **error);

/**
 * A union; otherwise as metaffi_ctype_struct.
 *
 * @pre As for metaffi_ctype_struct.
 */
metaffi_status metaffi_ctype_union(const struct metaffi_module *module,
                                   const char *tag,
                                   const struct metaffi_ctype_field *fields,
                                   size_t field_count,
                                   uint32_t pack,
                                   uint32_t align,
                                   struct metaffi_ctype **ctype,
                                   struct metaffi_error **error);

/**
 * A function. Arrays and functions among its parameters become the pointers they are passed as.
 *
 * @param returns The type it returns; `void` for none.
 * @param params `param_count` types of one module, borrowed for the call. Primitives, and pointers
 *        and arrays of them, are of every module.
 * @param variadic Whether more arguments may follow.
 * @param convention One of METAFFI_CONVENTION_DEFAULT, METAFFI_CONVENTION_SYSV,
 *        METAFFI_CONVENTION_MS.
 * @param ctype The new handle, owned by the caller: metaffi_ctype_free.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for a type that no function has;
 *         METAFFI_STATUS_UNSUPPORTED for one that cannot be passed or returned by value, or a
 *         convention that the platform does not have (of a type without a definition by now, the
 *         first call or metaffi_ctype_prepare tells);
 *         METAFFI_STATUS_INVALID_ARGUMENT for another convention, a type of another module, or
 *         NULL; METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre `params` has `param_count` handles; `ctype` and `error` are NULL or writable.
 */
metaffi_status metaffi_ctype_function(const struct metaffi_ctype *returns,
                                      const struct metaffi_ctype *const *params,
                                      size_t param_count,
                                      bool variadic,
                                      uint32_t convention,
                                      struct metaffi_ctype **ctype,
                                      struct metaffi_error **error);

/**
 * Calls a C function with arguments as C has them in memory: structs, unions and all other types
 * by value.
 *
 * The first call of a type prepares what all others use, and so does the first one with variadic
 * arguments of some types. C++ exceptions and `longjmp` of the function pass through to the caller.
 * `errno` is left as the function left it.
 *
 * @param function_type A function type, or a pointer to one.
 * @param pointer The function; it has that type and convention.
 * @param returned Room for what it returns, aligned for that; NULL if it is not wanted.
 * @param arguments `argument_count` pointers to the values, first the declared ones, then the
 *        variadic ones. The values are copied: the function does not see their addresses.
 * @param variadic_types `variadic_count` types of the arguments after `...`, as C promotes them:
 *        no char, short, float or array.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT for a wrong count or NULL;
 *         METAFFI_STATUS_TYPE_MISMATCH for what is no function type, a type without a definition,
 *         or one that C promotes; METAFFI_STATUS_UNSUPPORTED for a type that cannot be passed by
 *         value or a convention that the platform does not have; METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre As the parameters say; `error` is NULL or writable.
 */
metaffi_status metaffi_ctype_call(const struct metaffi_ctype *function_type,
                                  metaffi_function pointer,
                                  void *returned,
                                  void *const *arguments,
                                  size_t argument_count,
                                  const struct metaffi_ctype *const *variadic_types,
                                  size_t variadic_count,
                                  struct metaffi_error **error);

/**
 * Prepares calls of a function type, so that what cannot be called is refused here and not by the
 * first call.
 *
 * @param function_type A function type, or a pointer to one.
 * @param variadic_types `variadic_count` types of arguments after `...`, as for metaffi_ctype_call.
 * @return As metaffi_ctype_call.
 *
 * @pre `variadic_types` has `variadic_count` handles; `error` is NULL or writable.
 */
metaffi_status metaffi_ctype_prepare(const struct metaffi_ctype *function_type,
                                     const struct metaffi_ctype *const *variadic_types,
                                     size_t variadic_count,
                                     struct metaffi_error **error);

/**
 * A callable of a C function whose type is given as C has it, such as
 * "int (*)(const void *, const void *)". Its types are those that a declared function of that type
 * has.
 *
 * @param module A module of runtime c, which knows the type's names.
 * @param declaration NUL-terminated UTF-8: a function type, or a pointer to one.
 * @param pointer The function, callable on any thread until the finalizer is called.
 * @param userdata Given to `finalizer`; the callable owns it from success on.
 * @param finalizer Called once, on any thread, after the last handle was freed and the last call has
 *        returned; may be NULL.
 * @param callable The new handle, owned by the caller: metaffi_callable_free.
 * @return METAFFI_OK; METAFFI_STATUS_SYNTAX with line and column; METAFFI_STATUS_NOT_FOUND for a tag
 *         that nothing declares; METAFFI_STATUS_TYPE_MISMATCH for what is no function type;
 *         METAFFI_STATUS_UNSUPPORTED for a type that cannot be passed, or a module of another
 *         runtime; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT;
 *         METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_OUT_OF_MEMORY. On failure `userdata` stays the
 *         caller's.
 *
 * @pre `declaration` is NULL or NUL-terminated; `pointer` has that type; `callable` and `error` are NULL
 * or writable.
 */
metaffi_status metaffi_callable_from_declaration(const struct metaffi_module *module,
                                                 const char *declaration,
                                                 metaffi_function pointer,
                                                 void *userdata,
                                                 metaffi_finalizer finalizer,
                                                 struct metaffi_callable **callable,
                                                 struct metaffi_error **error);

/**
 * A callable that is a C function of a type, and runs a handler with the arguments as C has them
 * in memory.
 *
 * metaffi_callable_native gives its address; it may also be called as any other callable. A call
 * after the callable was freed is an error, told as metaffi_callable_set_error_handler says.
 *
 * @param function_type A function type, or a pointer to one.
 * @param variadic_types `variadic_count` types of the arguments after `...` that C gives, as for
 *        metaffi_ctype_call. The handler gets them after the declared ones; further ones it does not
 *        see.
 * @param handler Called on whatever thread C calls from, possibly on several at once and
 *        re-entrantly; see metaffi_raw_handler.
 * @param userdata Given to `handler`; the callable owns it from success on.
 * @param finalizer Called once with `userdata`, on any thread, after the last handle was freed and
 *        the last call has returned; may be NULL.
 * @param callable The new handle, owned by the caller: metaffi_callable_free, when C has done with
 *        its address.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for what is no function type, a type without a
 *         definition, or one that C promotes; METAFFI_STATUS_UNSUPPORTED for a type that cannot be
 *         passed by value or a convention that the platform does not have;
 *         METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, or for types of arguments behind
 *         `...` of a function that has none; METAFFI_STATUS_INVALID_HANDLE;
 *         METAFFI_STATUS_OUT_OF_MEMORY. On failure `userdata` stays the caller's.
 *
 * @pre `variadic_types` has `variadic_count` handles; C calls with arguments of the types;
 * `handler` may be called as described until the finalizer is called; `callable` and `error` are
 * NULL or writable.
 */
metaffi_status metaffi_ctype_closure(const struct metaffi_ctype *function_type,
                                     const struct metaffi_ctype *const *variadic_types,
                                     size_t variadic_count,
                                     metaffi_raw_handler handler,
                                     void *userdata,
                                     metaffi_finalizer finalizer,
                                     struct metaffi_callable **callable,
                                     struct metaffi_error **error);

/**
 * A C function pointer whose type and handler are not known yet, for whoever has to store it
 * before; metaffi_ctype_closure makes one whose type is known, of which C's calls cost less.
 *
 * A call before metaffi_closure_prepare is an error, which ends the call from a host language that
 * runs the C code, or else is printed; C gets zero in the registers that scalars are returned in.
 *
 * @param closure The new handle, owned by the caller: metaffi_closure_free, when C has done with its
 *        address.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_INVALID_ARGUMENT if `closure` is
 *         NULL.
 *
 * @pre `closure` and `error` are NULL or writable.
 */
metaffi_status metaffi_closure_new(struct metaffi_closure **closure,
                                   struct metaffi_error **error);

/**
 * The address of a closure, from the beginning on.
 *
 * @param native The C function pointer: until the closure and its callables are freed. Not
 *        owned.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `native` is
 *         NULL.
 *
 * @pre `native` and `error` are NULL or writable.
 */
metaffi_status metaffi_closure_native(const struct metaffi_closure *closure,
                                      metaffi_function *native,
                                      struct metaffi_error **error);

/**
 * Gives a closure its type and handler, once: from then on it is as metaffi_ctype_closure makes one.
 *
 * @param function_type A function type, or a pointer to one.
 * @param variadic_types `variadic_count` types, as for metaffi_ctype_closure.
 * @param handler As for metaffi_ctype_closure.
 * @param userdata Given to `handler`; the closure owns it from success on.
 * @param finalizer Called once with `userdata`, on any thread, after the closure and its
 *        callables were freed and the last call has returned; may be NULL.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if it is prepared already, and otherwise as
 *         metaffi_ctype_closure. On failure `userdata` stays the caller's, and the closure is
 *         unprepared as before.
 *
 * @pre `variadic_types` has `variadic_count` handles; C calls with arguments of the types, and not before
 * this has returned; `handler` may be called as described until the finalizer is called; `error`
 * is NULL or writable.
 */
metaffi_status metaffi_closure_prepare(const struct metaffi_closure *closure,
                                       const struct metaffi_ctype *function_type,
                                       const struct metaffi_ctype *const *variadic_types,
                                       size_t variadic_count,
                                       metaffi_raw_handler handler,
                                       void *userdata,
                                       metaffi_finalizer finalizer,
                                       struct metaffi_error **error);

/**
 * A prepared closure as a callable: to be passed on, called, or given an error handler.
 *
 * @param callable The new handle, owned by the caller: metaffi_callable_free. Each of both keeps the
 *        function pointer.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if it is not prepared, or `callable` is NULL;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `callable` and `error` are NULL or writable.
 */
metaffi_status metaffi_closure_callable(const struct metaffi_closure *closure,
                                        struct metaffi_callable **callable,
                                        struct metaffi_error **error);

/**
 * Frees a handle of a closure, prepared or not; NULL is fine. Its address stays callable as long as a
 * callable of it lives; after that, calls are errors, as those before it was prepared.
 *
 * @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no closure or was freed already.
 */
metaffi_status metaffi_closure_free(struct metaffi_closure *closure);

/**
 * The size of a value of a type in bytes, as `sizeof` gives it.
 *
 * @param size The size; 0 for an empty struct.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for `void`, functions and what has no
 *         definition or length; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
 *         `size` is NULL.
 *
 * @pre `size` and `error` are NULL or writable.
 */
metaffi_status metaffi_ctype_size(const struct metaffi_ctype *ctype,
                                  size_t *size,
                                  struct metaffi_error **error);

/**
 * The alignment of a type in bytes, as `_Alignof` gives it.
 *
 * @param align The alignment.
 * @return As metaffi_ctype_size; `T[]` has the alignment of its elements.
 *
 * @pre `align` and `error` are NULL or writable.
 */
metaffi_status metaffi_ctype_align(const struct metaffi_ctype *ctype,
                                   size_t *align,
                                   struct metaffi_error **error);

/**
 * A type as C spells it: "const char *", "int (*)(void)".
 *
 * @param name NUL-terminated, owned by the caller: metaffi_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `name` is
 *         NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `name` and `error` are NULL or writable.
 */
metaffi_status metaffi_ctype_name(const struct metaffi_ctype *ctype,
                                  char **name,
                                  struct metaffi_error **error);

/**
 * What a type is, seen through typedef names and qualifiers.
 *
 * @return One of METAFFI_CTYPE_KIND_…; METAFFI_CTYPE_KIND_NONE if `ctype` is no type.
 */
uint32_t metaffi_ctype_kind(const struct metaffi_ctype *ctype);

/**
 * Where a part of a type is, as `offsetof` gives it.
 *
 * @param path NUL-terminated: names and indexes, "a.b[2].c".
 * @param offset Bytes from the start; for a bit-field, the byte that its first bit is in.
 * @param type May be NULL. The part's type, a new handle: metaffi_ctype_free.
 * @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if there is no such member;
 *         METAFFI_STATUS_OUT_OF_RANGE for an index past the end; METAFFI_STATUS_TYPE_MISMATCH for
 *         a step through what has no parts, such as a pointer; METAFFI_STATUS_SYNTAX;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT.
 *
 * @pre `path` is NULL or NUL-terminated; `offset`, `type` and `error` are NULL or writable.
 */
metaffi_status metaffi_ctype_offset(const struct metaffi_ctype *ctype,
                                    const char *path,
                                    size_t *offset,
                                    struct metaffi_ctype **type,
                                    struct metaffi_error **error);

/**
 * How many members a struct or union has; padding bits do not count.
 *
 * @return Their number; 0 for any other type, one without a definition, or what is no type.
 */
size_t metaffi_ctype_field_count(const struct metaffi_ctype *ctype);

/**
 * A member of a struct or union. All outputs but `error` may be NULL.
 *
 * @param index Below metaffi_ctype_field_count.
 * @param name Borrowed until the handle `ctype` is freed; NULL for one without a name.
 * @param offset Bytes from the start; for a bit-field, the byte that its first bit is in.
 * @param bit_offset The first bit of a bit-field in that byte, 0 to 7 from the lowest; -1 for
 *        what is none.
 * @param bits The width of a bit-field; 0 for what is none.
 * @param type The member's type, a new handle: metaffi_ctype_free.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_TYPE_MISMATCH for what is no
 *         struct or union, or has no definition; METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre The outputs are NULL or writable.
 */
metaffi_status metaffi_ctype_field_at(const struct metaffi_ctype *ctype,
                                      size_t index,
                                      const char **name,
                                      size_t *offset,
                                      int32_t *bit_offset,
                                      int32_t *bits,
                                      struct metaffi_ctype **type,
                                      struct metaffi_error **error);

/**
 * What an array or a vector consists of, or a pointer points to.
 *
 * @param element The type, a new handle: metaffi_ctype_free.
 * @param length May be NULL. The number of elements; SIZE_MAX for `T[]` and for pointers, which
 *        do not say.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for other types;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `element` is NULL.
 *
 * @pre `element`, `length` and `error` are NULL or writable.
 */
metaffi_status metaffi_ctype_element(const struct metaffi_ctype *ctype,
                                     struct metaffi_ctype **element,
                                     size_t *length,
                                     struct metaffi_error **error);

/**
 * What a function type consists of, or the one that a pointer points to. All outputs may be NULL.
 *
 * @param returns The type it returns, a new handle: metaffi_ctype_free.
 * @param param_count How many parameters are declared.
 * @param variadic Whether more arguments may follow.
 * @param convention One of METAFFI_CONVENTION_….
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH for what is no function type;
 *         METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre The outputs are NULL or writable.
 */
metaffi_status metaffi_ctype_signature(const struct metaffi_ctype *function_type,
                                       struct metaffi_ctype **returns,
                                       size_t *param_count,
                                       bool *variadic,
                                       uint32_t *convention,
                                       struct metaffi_error **error);

/**
 * The type of a parameter of a function type, as it is passed: of an array or a function, the
 * pointer.
 *
 * @param index Below the count that metaffi_ctype_signature gives.
 * @param type The type, a new handle: metaffi_ctype_free.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_TYPE_MISMATCH for what is no
 *         function type; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `type`
 *         is NULL.
 *
 * @pre `type` and `error` are NULL or writable.
 */
metaffi_status metaffi_ctype_param(const struct metaffi_ctype *function_type,
                                   size_t index,
                                   struct metaffi_ctype **type,
                                   struct metaffi_error **error);

/**
 * Loads an entity: finds it and compiles its signature.
 *
 * @param path The entity path, such as "callable=strlen": comma-separated key=value pairs and
 *        tags. For runtime c the keys are `callable`, `global` and `constant`, the tags
 *        `getter`, `setter` and `address`.
 * @param params `param_count` declared types. Taken from what the module declares if `param_count`
 *        is METAFFI_UNSPECIFIED, or if `params` is NULL and `param_count` 0. Not NULL with
 *        `param_count` 0: there are none.
 * @param returns The same for the return values.
 * @param entity The new handle, owned by the caller: metaffi_entity_free.
 * @return METAFFI_OK; METAFFI_STATUS_SYNTAX for a malformed path, with the position;
 *         METAFFI_STATUS_NOT_FOUND; METAFFI_STATUS_TYPE_MISMATCH if a declared type cannot stand
 *         for the real one; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT;
 *         METAFFI_STATUS_UNSUPPORTED for what the platform cannot call.
 *
 * @pre `path` and aliases are NUL-terminated; `params` and `returns` are NULL or have as many types as
 * said; `entity` and `error` are NULL or writable.
 */
metaffi_status metaffi_entity_load(const struct metaffi_module *module,
                                   const char *path,
                                   const struct metaffi_type_info *params,
                                   size_t param_count,
                                   const struct metaffi_type_info *returns,
                                   size_t return_count,
                                   struct metaffi_entity **entity,
                                   struct metaffi_error **error);

/**
 * An entity's path, as it prints.
 *
 * @return Borrowed until the entity is freed; "" if `entity` is no entity.
 */
const char *metaffi_entity_path(const struct metaffi_entity *entity);

/**
 * How many parameters an entity has.
 *
 * @return Their number; 0 if `entity` is no entity.
 */
size_t metaffi_entity_param_count(const struct metaffi_entity *entity);

/**
 * How many return values an entity has.
 *
 * @return Their number; 0 if `entity` is no entity.
 */
size_t metaffi_entity_return_count(const struct metaffi_entity *entity);

/**
 * A parameter's type and name.
 *
 * @param index Below metaffi_entity_param_count.
 * @param info The type; its alias is borrowed until the entity is freed.
 * @param name May be NULL. The name, borrowed likewise; NULL where it is not known.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_INVALID_HANDLE;
 *         METAFFI_STATUS_INVALID_ARGUMENT if `info` is NULL.
 *
 * @pre `info`, `name` and `error` are NULL or writable.
 */
metaffi_status metaffi_entity_param(const struct metaffi_entity *entity,
                                    size_t index,
                                    struct metaffi_type_info *info,
                                    const char **name,
                                    struct metaffi_error **error);

/**
 * How many arguments an entity has to be given, and whether by name as well.
 *
 * @param least May be NULL. How many of its parameters have no default; the others may be left out,
 *        from the last on.
 * @param takes_names May be NULL. Whether the guest's function may be given arguments by name, which
 *        a path's tag `named_args` does; metaffi_entity_param has the names that are known.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre `least`, `takes_names` and `error` are NULL or writable.
 */
metaffi_status metaffi_entity_required(const struct metaffi_entity *entity,
                                       size_t *least,
                                       bool *takes_names,
                                       struct metaffi_error **error);

/**
 * A return value's type.
 *
 * @param index Below metaffi_entity_return_count.
 * @param info The type; its alias is borrowed until the entity is freed.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_INVALID_HANDLE;
 *         METAFFI_STATUS_INVALID_ARGUMENT if `info` is NULL.
 *
 * @pre `info` and `error` are NULL or writable.
 */
metaffi_status metaffi_entity_return(const struct metaffi_entity *entity,
                                     size_t index,
                                     struct metaffi_type_info *info,
                                     struct metaffi_error **error);

/**
 * Calls by values: checked, with lossless conversions.
 *
 * C++ exceptions and longjmp of guests and hosts pass through.
 *
 * @param arguments `argument_count` values, borrowed for the call: one for each parameter, more
 *        if the function is variadic.
 * @param returns Room for `return_count` values, one for each return; each is owned by the
 *        caller: metaffi_value_clear. Zeroed on failure.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT for a wrong
 *         number of values; METAFFI_STATUS_TYPE_MISMATCH, METAFFI_STATUS_OUT_OF_RANGE and
 *         METAFFI_STATUS_INVALID_TEXT for a value that does not fit, naming the argument;
 *         METAFFI_STATUS_FOREIGN if the function itself fails.
 *
 * @pre `arguments` has `argument_count` values that are what their types say; `returns` has room for
 * `return_count`; `error` is NULL or writable.
 */
metaffi_status metaffi_entity_call(const struct metaffi_entity *entity,
                                   const struct metaffi_value *arguments,
                                   size_t argument_count,
                                   struct metaffi_value *returns,
                                   size_t return_count,
                                   struct metaffi_error **error);

/**
 * Calls by frame: the arguments are in `frame`, the returns are stored there. Nothing is checked
 * but the handle.
 *
 * C++ exceptions and longjmp of guests and hosts pass through.
 *
 * @param frame metaffi_entity_frame_size slots, with the arguments filled in. Strings, objects,
 *        callables and arrays among the returns are owned by the caller.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `frame`
 *         is NULL; what a conversion or the function itself reports.
 *
 * @pre `frame` is as described; `error` is NULL or writable.
 */
metaffi_status metaffi_entity_call_frame(const struct metaffi_entity *entity,
                                         metaffi_slot *frame,
                                         struct metaffi_error **error);

/**
 * How many slots a frame has.
 *
 * @return Their number; 0 if `entity` is no entity.
 */
size_t metaffi_entity_frame_size(const struct metaffi_entity *entity);

/**
 * The first slot of a parameter.
 *
 * @return Its index in the frame; SIZE_MAX if there is no such parameter.
 */
size_t metaffi_entity_frame_param(const struct metaffi_entity *entity, size_t index);

/**
 * The first slot of a return value.
 *
 * @return Its index in the frame; SIZE_MAX if there is no such return.
 */
size_t metaffi_entity_frame_return(const struct metaffi_entity *entity, size_t index);

/**
 * The C function pointer with the natural C signature.
 *
 * Numbers, bool and characters are themselves; strings are NUL-terminated `const char *`,
 * `const uint16_t *`, `const uint32_t *`; handles and callables are `metaffi_object *` and
 * `metaffi_callable *`; arrays and any are `const metaffi_array *` and `const metaffi_value *`.
 * One return is the C return value; several are stored through pointers that follow the
 * arguments. Returned memory is owned by the caller, as with the other ways to call.
 *
 * Of a C function it is the function itself. Of anything else it is a closure: a call that fails
 * returns zero, and leaves its error to be taken with metaffi_error_take_pending.
 *
 * @param pointer The pointer; valid until the entity is freed.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
 *         `pointer` is NULL; METAFFI_STATUS_UNSUPPORTED; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `pointer` and `error` are NULL or writable.
 */
metaffi_status metaffi_entity_native(const struct metaffi_entity *entity,
                                     metaffi_function *pointer,
                                     struct metaffi_error **error);

/**
 * Another handle for the same entity.
 *
 * @param clone The new handle, owned by the caller: metaffi_entity_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
 *         is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `clone` and `error` are NULL or writable.
 */
metaffi_status metaffi_entity_clone(const struct metaffi_entity *entity,
                                    struct metaffi_entity **clone,
                                    struct metaffi_error **error);

/**
 * Frees a handle of an entity. NULL is fine. Safe while other threads call it: it takes effect when
 * their calls have returned.
 *
 * @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no entity or was freed already.
 */
metaffi_status metaffi_entity_free(struct metaffi_entity *entity);

/**
 * The calling thread's `errno`. A call of a C function leaves it as that function left it.
 *
 * @return Its value.
 */
int metaffi_errno(void);

/**
 * Sets the calling thread's `errno`, as some C functions want before they are called.
 */
void metaffi_set_errno(int value);

/**
 * A new error, for a callback to fail with.
 *
 * @param status What kind of failure; METAFFI_STATUS_FOREIGN for one of the host's own.
 * @param foreign_type The type of the host's exception; NULL or "" for none.
 * @param message What went wrong, UTF-8.
 * @param error The new error, owned by the caller until a callback hands it over.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if the status is METAFFI_OK or unknown, or
 *         a pointer is NULL; METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_OUT_OF_RANGE for a text of
 *         more than a mebibyte.
 *
 * @pre Texts are NULL or NUL-terminated; `error` is NULL or writable.
 */
metaffi_status metaffi_error_new(metaffi_status status,
                                 const char *foreign_type,
                                 const char *message,
                                 struct metaffi_error **error);

/**
 * The same with all that the host knows of its failure: the object that it is, what led to it, and
 * the stack. Guests show it: in Python the cause is `__cause__`, the frames are in the traceback, and
 * the object is `original`. When the error comes back, the object is the same.
 *
 * @param details What is known, borrowed for the call and copied; NULL for nothing more.
 * @param error As for metaffi_error_new.
 * @return As metaffi_error_new; METAFFI_STATUS_INVALID_HANDLE for an original that is no object, or
 *         a cause that is no error; METAFFI_STATUS_UNSUPPORTED for members of `details` that this
 *         version does not know.
 *
 * @pre Texts are NULL or NUL-terminated; `details` is NULL or as large as it says, and there are as many
 * frames as it says; `error` is NULL or writable.
 */
metaffi_status metaffi_error_new_detailed(metaffi_status status,
                                          const char *foreign_type,
                                          const char *message,
                                          const struct metaffi_error_details *details,
                                          struct metaffi_error **error);

/**
 * The kind of failure.
 *
 * @return Its status; METAFFI_STATUS_INVALID_HANDLE if `error` is no error.
 */
metaffi_status metaffi_error_status(const struct metaffi_error *error);

/**
 * What went wrong, with which argument, and what to do next.
 *
 * @return UTF-8, borrowed until the error is freed; "" if `error` is no error.
 */
const char *metaffi_error_message(const struct metaffi_error *error);

/**
 * The runtime in which it happened.
 *
 * @return Its name, borrowed until the error is freed; "" if it happened in none.
 */
const char *metaffi_error_runtime(const struct metaffi_error *error);

/**
 * The type of the foreign exception, as its language names it.
 *
 * @return Such as "ValueError", borrowed until the error is freed; "" if there was no exception.
 */
const char *metaffi_error_foreign_type(const struct metaffi_error *error);

/**
 * The foreign stack as its language prints it. Made when first asked for.
 *
 * @return UTF-8, borrowed until the error is freed; "" if there is none.
 */
const char *metaffi_error_trace(const struct metaffi_error *error);

/**
 * How many frames of the foreign stack are known. Collected when first asked for.
 *
 * @return Their number; 0 if `error` is no error.
 */
size_t metaffi_error_frame_count(const struct metaffi_error *error);

/**
 * One frame of the foreign stack, the innermost last.
 *
 * @param index Below metaffi_error_frame_count.
 * @param frame The frame; its texts are borrowed until the error is freed.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE; METAFFI_STATUS_INVALID_HANDLE;
 *         METAFFI_STATUS_INVALID_ARGUMENT if `frame` is NULL.
 *
 * @pre `frame` is NULL or writable.
 */
metaffi_status metaffi_error_frame(const struct metaffi_error *error,
                                   size_t index,
                                   struct metaffi_stack_frame *frame);

/**
 * What led to the failure.
 *
 * @return A new error, owned by the caller: metaffi_error_free. NULL if there is no cause.
 */
struct metaffi_error *metaffi_error_cause(const struct metaffi_error *error);

/**
 * How many failures this one gathers, as Python's ExceptionGroup does. Collected when first asked
 * for.
 *
 * @return Their number; 0 if it gathers none, or `error` is no error.
 */
size_t metaffi_error_member_count(const struct metaffi_error *error);

/**
 * One of the failures that an error gathers; it may have a cause and members of its own.
 *
 * @param index Below metaffi_error_member_count.
 * @return A new error, owned by the caller: metaffi_error_free. NULL if there is no such member.
 */
struct metaffi_error *metaffi_error_member(const struct metaffi_error *error, size_t index);

/**
 * The foreign exception itself, to be inspected or raised again.
 *
 * @return A new object, owned by the caller: metaffi_object_free. NULL if there is none.
 */
struct metaffi_object *metaffi_error_original(const struct metaffi_error *error);

/**
 * Another handle for the same error.
 *
 * @return Owned by the caller: metaffi_error_free. NULL if `error` is no error or memory is out.
 */
struct metaffi_error *metaffi_error_clone(const struct metaffi_error *error);

/**
 * Frees an error. NULL is fine.
 *
 * @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no error or was freed already.
 */
metaffi_status metaffi_error_free(struct metaffi_error *error);

/**
 * Takes the failure of the latest call that this thread made through a native function pointer of
 * an entity: such a call has no other way to report it, and returned zero.
 *
 * @return Owned by the caller: metaffi_error_free. NULL if no such call has failed since.
 */
struct metaffi_error *metaffi_error_take_pending(void);

/**
 * Allocates memory, not initialized, that either side may free.
 *
 * What a callback gives to metaffi (the text of a string that it returns) is allocated here.
 *
 * @param size In bytes; 0 is fine and gives a pointer to no bytes.
 * @return Memory aligned for every C type, owned by the caller: metaffi_free. NULL if there is
 *         none left.
 */
void *metaffi_alloc(size_t size);

/**
 * Frees memory from metaffi_alloc, and text that a function's description says to free with
 * this. Values, arrays and handles have functions of their own.
 *
 * @param memory From metaffi, freed once; NULL is fine.
 *
 * @pre `memory` is NULL or came from metaffi's allocator, and is not used again.
 */
void metaffi_free(void *memory);

/**
 * Loads a module.
 *
 * @param path What the runtime calls a path. `;` separates several parts. For runtime c each part
 *        is a shared library (a file, or a name the system finds: "libz.so.1") or a C header
 *        ending in .h, which the system's C compiler preprocesses; NULL or "" means the symbols
 *        that are in the process already.
 * @param module The new handle, owned by the caller: metaffi_module_free. It keeps its runtime
 *        loaded; entities keep their module loaded.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_NOT_FOUND if there is no such
 *         file; METAFFI_STATUS_LOAD_FAILED if it is not what the runtime loads;
 *         METAFFI_STATUS_SYNTAX for a header that cannot be parsed;
 *         METAFFI_STATUS_INVALID_ARGUMENT.
 *
 * @pre `path` is NULL or NUL-terminated; `module` and `error` are NULL or writable.
 */
metaffi_status metaffi_module_load(const struct metaffi_runtime *runtime,
                                   const char *path,
                                   struct metaffi_module **module,
                                   struct metaffi_error **error);

/**
 * Loads a module with options of its own.
 *
 * @param path As metaffi_module_load takes it.
 * @param options `option_count` options, borrowed for the call. Runtime c takes `compiler`,
 *        `include_dirs`, `library_dirs` and `define`: the first replaces that of the runtime, the
 *        others add to what the runtime has and may be given several times. An unknown key is an
 *        error.
 * @param module The new handle, owned by the caller: metaffi_module_free.
 * @return As metaffi_module_load; METAFFI_STATUS_NOT_FOUND also for an unknown option;
 *         METAFFI_STATUS_INVALID_ARGUMENT also for one that is given twice and does not repeat.
 *
 * @pre `path` is NULL or NUL-terminated, and so are the texts of `options`, of which there are
 * `option_count`; `module` and `error` are NULL or writable.
 */
metaffi_status metaffi_module_load_with(const struct metaffi_runtime *runtime,
                                        const char *path,
                                        const struct metaffi_option *options,
                                        size_t option_count,
                                        struct metaffi_module **module,
                                        struct metaffi_error **error);

/**
 * Adds declarations to a module, in the notation of its runtime: C declarations for runtime c.
 *
 * All of the text is added, or nothing of it. Declaring the same again is fine.
 *
 * @param declarations `length` bytes of UTF-8, borrowed for the call.
 * @return METAFFI_OK; METAFFI_STATUS_SYNTAX with line and column; METAFFI_STATUS_INVALID_HANDLE;
 *         METAFFI_STATUS_UNSUPPORTED if the runtime's modules take no declarations;
 *         METAFFI_STATUS_INVALID_TEXT.
 *
 * @pre `declarations` has `length` bytes; `error` is NULL or writable.
 */
metaffi_status metaffi_module_declare(const struct metaffi_module *module,
                                      const char *declarations,
                                      size_t length,
                                      struct metaffi_error **error);

/**
 * Everything in a module that can be loaded, with its types as far as the module knows them.
 *
 * @param json A JSON object: `runtime`, `module`, and `entities`, a list of objects with `path`,
 *        `kind`, and where known `params`, `returns`, `variadic`, `declaration`, `value` and
 *        `documentation`; `types` and `unsupported` where there are any. docs/describe.md has all
 *        of it. Owned by the caller: metaffi_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `json` and `error` are NULL or writable.
 */
metaffi_status metaffi_module_describe(const struct metaffi_module *module,
                                       char **json,
                                       struct metaffi_error **error);

/**
 * Another handle for the same module.
 *
 * @param clone The new handle, owned by the caller: metaffi_module_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
 *         is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `clone` and `error` are NULL or writable.
 */
metaffi_status metaffi_module_clone(const struct metaffi_module *module,
                                    struct metaffi_module **clone,
                                    struct metaffi_error **error);

/**
 * Frees a handle of a module. NULL is fine. What the module loaded stays in the process.
 *
 * @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no module or was freed already.
 */
metaffi_status metaffi_module_free(struct metaffi_module *module);

/**
 * Runs source text of the module's language in the module's namespace, or in another one.
 *
 * The text is compiled the first time, and found again by its text: the latest 512 are kept. Its
 * lines are shown in traces. What it throws in C++ or leaves by longjmp passes through.
 *
 * @param text `length` bytes of UTF-8, borrowed for the call.
 * @param options Borrowed for the call; NULL for none. With locals, what the text defines is among
 *        them, as in the body of a class, and gone when it has run; without, it is in the
 *        namespace.
 * @param value NULL if nothing is asked for. The value of the last statement if that is an
 *        expression, else null; owned by the caller: metaffi_value_clear. Numbers, text, truth
 *        values and null are values, everything else is a handle. Zeroed on failure.
 * @return METAFFI_OK; METAFFI_STATUS_SYNTAX with file, line, column and the text there;
 *         METAFFI_STATUS_FOREIGN for what the text raises; METAFFI_STATUS_UNSUPPORTED if the
 *         runtime runs no text, as c; METAFFI_STATUS_TYPE_MISMATCH if `globals` is no namespace;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_TEXT;
 *         METAFFI_STATUS_INVALID_ARGUMENT.
 *
 * @pre `text` has `length` bytes; `options` is NULL or as described; `value` and `error` are NULL or
 * writable.
 */
metaffi_status metaffi_module_run(const struct metaffi_module *module,
                                  const char *text,
                                  size_t length,
                                  const struct metaffi_run_options *options,
                                  struct metaffi_value *value,
                                  struct metaffi_error **error);

/**
 * A new namespace for source text of the module's language: what runs in it shares what it defines
 * with what runs there before and after, and with nothing else.
 *
 * @param created The namespace, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the runtime runs no text;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `created` is NULL.
 *
 * @pre `created` and `error` are NULL or writable.
 */
metaffi_status metaffi_module_new_namespace(const struct metaffi_module *module,
                                            struct metaffi_object **created,
                                            struct metaffi_error **error);

/**
 * A module as an object of its runtime. Where its path has several parts, it is the first module.
 *
 * @param object The object, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the runtime's modules are no objects, as those of
 *         c; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `object` is NULL.
 *
 * @pre `object` and `error` are NULL or writable.
 */
metaffi_status metaffi_module_object(const struct metaffi_module *module,
                                     struct metaffi_object **object,
                                     struct metaffi_error **error);

/**
 * The name of an attribute or an argument, made once for many uses: looking it up again makes no
 * text. The same text is the same name, on all threads, as long as the process lives; so a name is
 * not freed, and is meant for those that a program's text has.
 *
 * @param text NUL-terminated UTF-8, borrowed for the call.
 * @param name The name.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
 *         METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `text` is NULL or NUL-terminated; `name` and `error` are NULL or writable.
 */
metaffi_status metaffi_name_intern(const char *text,
                                   const struct metaffi_name **name,
                                   struct metaffi_error **error);

/**
 * The text of a name.
 *
 * @param length How many bytes it has; NULL if nobody wants to know.
 * @return NUL-terminated UTF-8, which is there as long as the name: that of metaffi_name_intern as long as
 *         the process, one that a function of a host is called with as long as the call. NULL if `name`
 *         is no name.
 *
 * @pre `length` is NULL or writable.
 */
const char *metaffi_name_text(const struct metaffi_name *name,
                              size_t *length);

/**
 * A new big integer.
 *
 * @param negative Whether it is below 0.
 * @param magnitude The bytes of its absolute value, the least significant first; borrowed for the
 *        call. Zeroes at the end count for nothing; NULL with length 0 is 0.
 * @param value The new value, owned by the caller: metaffi_value_clear.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `magnitude` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_bigint(bool negative,
                                        const uint8_t *magnitude,
                                        size_t length,
                                        struct metaffi_value *value,
                                        struct metaffi_error **error);

/**
 * A new value of one of the types bigint, decimal, complex, date, time, datetime, duration, zone,
 * uuid and range, from its text.
 *
 * The text is digits for a bigint (`-123`), a number for a decimal (`-1.50`, `1E+3`, `NaN`,
 * `Infinity`), `1.5-2.0i` for a complex, ISO 8601 for a date (`2024-02-29`), a time
 * (`12:30:00.5+02:00[Europe/Paris]`; seconds, offset and zone may be missing), a datetime (both with
 * a `T` between) and a duration (`PT90.5S`, `P1DT2H`), hexadecimal digits in groups for a uuid,
 * `start:stop:step` for a range, and the name itself for a zone. metaffi_value_convert to
 * a string gives it back. The time that a bigint of many digits takes grows with the square of
 * their number; metaffi_value_new_bigint takes bytes.
 *
 * @param type The type of the new value.
 * @param text `length` bytes of UTF-8, borrowed for the call.
 * @param value The new value, owned by the caller: metaffi_value_clear.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if the text is not one of the type, a pointer
 *         is NULL or the type is none of those; METAFFI_STATUS_OUT_OF_RANGE if a part of it is more
 *         than there is; METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `text` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_parsed(metaffi_type type,
                                        const char *text,
                                        size_t length,
                                        struct metaffi_value *value,
                                        struct metaffi_error **error);

/**
 * A new decimal of its text: metaffi_value_new_parsed with metaffi_decimal_type.
 *
 * @pre `text` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_decimal(const char *text,
                                         size_t length,
                                         struct metaffi_value *value,
                                         struct metaffi_error **error);

/**
 * A new complex number.
 *
 * @param value The new value, owned by the caller: metaffi_value_clear.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `value` is NULL;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_complex(double real,
                                         double imaginary,
                                         struct metaffi_value *value,
                                         struct metaffi_error **error);

/**
 * A new date.
 *
 * @param year The year of the Gregorian calendar; 0 is the one before year 1.
 * @param month 1 to 12.
 * @param day 1 to 31.
 * @param value The new value, owned by the caller: metaffi_value_clear.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if there is no such day;
 *         METAFFI_STATUS_INVALID_ARGUMENT if `value` is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_date(int32_t year,
                                      uint8_t month,
                                      uint8_t day,
                                      struct metaffi_value *value,
                                      struct metaffi_error **error);

/**
 * A new time of day, a copy of one.
 *
 * @param time Borrowed for the call, with the text of its zone.
 * @param value The new value, owned by the caller: metaffi_value_clear.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if a member is more than there is;
 *         METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `time` is NULL or a time; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_time(const struct metaffi_time *time,
                                      struct metaffi_value *value,
                                      struct metaffi_error **error);

/**
 * A new datetime, a copy of one.
 *
 * @param datetime Borrowed for the call, with the text of its zone.
 * @param value The new value, owned by the caller: metaffi_value_clear.
 * @return As metaffi_value_new_time.
 *
 * @pre `datetime` is NULL or a datetime; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_datetime(const struct metaffi_datetime *datetime,
                                          struct metaffi_value *value,
                                          struct metaffi_error **error);

/**
 * A new duration.
 *
 * @param seconds Whole seconds, rounded down: -1 for -0.5 s.
 * @param nanoseconds What comes on top, 0 to 999999999: 500000000 for -0.5 s.
 * @param value The new value, owned by the caller: metaffi_value_clear.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if there are more nanoseconds;
 *         METAFFI_STATUS_INVALID_ARGUMENT if `value` is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_duration(int64_t seconds,
                                          uint32_t nanoseconds,
                                          struct metaffi_value *value,
                                          struct metaffi_error **error);

/**
 * A new time-zone name: metaffi_value_new_parsed with metaffi_zone_type. That there is such a zone
 * is found out by the runtime that it is given to.
 *
 * @pre `name` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_zone(const char *name,
                                      size_t length,
                                      struct metaffi_value *value,
                                      struct metaffi_error **error);

/**
 * A new UUID.
 *
 * @param bytes 16 bytes in the order in which they are written; borrowed for the call.
 * @param value The new value, owned by the caller: metaffi_value_clear.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `bytes` is NULL or has 16 bytes; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_uuid(const uint8_t *bytes,
                                      struct metaffi_value *value,
                                      struct metaffi_error **error);

/**
 * A new range of integers.
 *
 * @param start The first.
 * @param stop The first that is not in it any more.
 * @param step The difference, below 0 to count down.
 * @param value The new value, owned by the caller: metaffi_value_clear.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if `step` is 0; METAFFI_STATUS_INVALID_ARGUMENT
 *         if `value` is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_range(int64_t start,
                                       int64_t stop,
                                       int64_t step,
                                       struct metaffi_value *value,
                                       struct metaffi_error **error);

/**
 * A new map with copies of keys and their values, in that order.
 *
 * It is an array of any of shape (count, 2): `data.array->data` has key, value, key, value. Keys
 * are not compared; a runtime in which a key can be there once keeps the last of equal ones.
 *
 * @param keys `count` values of any types, borrowed for the call.
 * @param values `count` values, borrowed for the call.
 * @param value The new value, owned by the caller: metaffi_value_clear.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, or they are nested so
 *         that the map would be nested more than 64 deep; otherwise as metaffi_value_copy.
 *
 * @pre `keys` and `values` are NULL or have `count` values; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_map(const struct metaffi_value *keys,
                                     const struct metaffi_value *values,
                                     size_t count,
                                     struct metaffi_value *value,
                                     struct metaffi_error **error);

/**
 * A new set with copies of values; an array of any of one dimension.
 *
 * The values are not compared; a runtime in which a value can be there once keeps one of equal
 * ones.
 *
 * @param items `count` values of any types, borrowed for the call.
 * @param value The new value, owned by the caller: metaffi_value_clear.
 * @return As metaffi_value_new_map.
 *
 * @pre `items` is NULL or has `count` values; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_set(const struct metaffi_value *items,
                                     size_t count,
                                     struct metaffi_value *value,
                                     struct metaffi_error **error);

/**
 * A new tuple with copies of values; an array of any of one dimension.
 *
 * @param items `count` values of any types, borrowed for the call.
 * @param value The new value, owned by the caller: metaffi_value_clear.
 * @return As metaffi_value_new_map.
 *
 * @pre `items` is NULL or has `count` values; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_tuple(const struct metaffi_value *items,
                                       size_t count,
                                       struct metaffi_value *value,
                                       struct metaffi_error **error);

/**
 * Another handle for the same object.
 *
 * @param clone The new handle, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
 *         is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `clone` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_clone(const struct metaffi_object *object,
                                    struct metaffi_object **clone,
                                    struct metaffi_error **error);

/**
 * Frees a handle of an object, on any thread. NULL is fine.
 *
 * @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no object or was freed already.
 */
metaffi_status metaffi_object_free(struct metaffi_object *object);

/**
 * The name of the runtime that an object lives in.
 *
 * @return Static text, "host" for an object of a host; NULL if `object` is no object.
 */
const char *metaffi_object_runtime(const struct metaffi_object *object);

/**
 * The name of an object's type, as its language prints it.
 *
 * @param name Owned by the caller: metaffi_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `name` is
 *         NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `name` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_type_name(const struct metaffi_object *object,
                                        char **name,
                                        struct metaffi_error **error);

/**
 * A number that two objects share exactly if they are the same thing in the same runtime, while
 * both are alive. Of C data it is the address; of C pointers, the address they hold.
 *
 * @param identity The number.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
 *         `identity` is NULL.
 *
 * @pre `identity` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_identity(const struct metaffi_object *object,
                                       uint64_t *identity,
                                       struct metaffi_error **error);

/**
 * What an object can do. Objects of one type may differ in it: in what a number fits, in whether there
 * is memory and may be written, in whether a type can be made.
 *
 * May run code of the object's type, on this thread.
 *
 * @param capabilities The `METAFFI_CAN_…`, `METAFFI_IS_…` and `METAFFI_FITS_…` bits.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
 *         `capabilities` is NULL; METAFFI_STATUS_UNSUPPORTED for an object that can only be passed
 *         on.
 *
 * @pre `capabilities` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_capabilities(const struct metaffi_object *object,
                                           metaffi_capabilities *capabilities,
                                           struct metaffi_error **error);

/**
 * An asynchronous iterator over an object: `aiter` of Python.
 *
 * Runs code of the object's, on this thread; so do the other steps.
 *
 * @param iterator The new handle, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if it is not iterated so;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `iterator` is NULL;
 *         METAFFI_STATUS_FOREIGN.
 *
 * @pre `iterator` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_iterate_async(const struct metaffi_object *object,
                                            struct metaffi_object **iterator,
                                            struct metaffi_error **error);

/**
 * What is awaited for the next value of an asynchronous iterator, by metaffi_object_await: after the
 * last one that fails with METAFFI_STATUS_ENDED.
 *
 * @param awaitable The new handle, owned by the caller: metaffi_object_free.
 * @return As metaffi_object_iterate_async.
 *
 * @pre `awaitable` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_next_async(const struct metaffi_object *iterator,
                                         struct metaffi_object **awaitable,
                                         struct metaffi_error **error);

/**
 * What is awaited for the end of an asynchronous iterator that is not iterated to its end: what it
 * has to clean up is cleaned up. `aclose` of Python.
 *
 * @param awaitable The new handle, owned by the caller: metaffi_object_free.
 * @return As metaffi_object_iterate_async; METAFFI_STATUS_UNSUPPORTED also of one that has nothing
 *         to clean up.
 *
 * @pre `awaitable` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_close_async(const struct metaffi_object *iterator,
                                          struct metaffi_object **awaitable,
                                          struct metaffi_error **error);

/**
 * What is awaited to enter an object as an asynchronous context: it gives what the language's own
 * statement binds.
 *
 * @param awaitable The new handle, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if it is no such context;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `awaitable` is NULL;
 *         METAFFI_STATUS_FOREIGN.
 *
 * @pre `awaitable` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_enter_async(const struct metaffi_object *object,
                                          struct metaffi_object **awaitable,
                                          struct metaffi_error **error);

/**
 * What is awaited to leave an object as an asynchronous context: it gives true if the failure is
 * dealt with.
 *
 * @param failure What the body failed with, borrowed for the call; NULL if it did not.
 * @param awaitable The new handle, owned by the caller: metaffi_object_free.
 * @return As metaffi_object_enter_async.
 *
 * @pre `awaitable` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_exit_async(const struct metaffi_object *object,
                                         const struct metaffi_error *failure,
                                         struct metaffi_object **awaitable,
                                         struct metaffi_error **error);

/**
 * Reads an attribute of an object by its name.
 *
 * Runs code of the object's, on this thread; C++ exceptions and longjmp of that pass through.
 *
 * @param name The attribute's name, interned: metaffi_name_intern.
 * @param value The attribute, owned by the caller: metaffi_value_clear. Numbers, text, truth values
 *        and null are values, everything else is a handle. Zeroed on failure.
 * @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if there is no such attribute;
 *         METAFFI_STATUS_UNSUPPORTED if the object has none that are read;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `value` is NULL;
 *         METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_get(const struct metaffi_object *object,
                                  const struct metaffi_name *name,
                                  struct metaffi_value *value,
                                  struct metaffi_error **error);

/**
 * The same by the text of its name.
 *
 * @param name `length` bytes of UTF-8, borrowed for the call.
 * @return As metaffi_object_get; METAFFI_STATUS_INVALID_TEXT.
 *
 * @pre `name` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_get_attribute(const struct metaffi_object *object,
                                            const char *name,
                                            size_t length,
                                            struct metaffi_value *value,
                                            struct metaffi_error **error);

/**
 * Writes an attribute of an object by its name, or deletes it.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param name The attribute's name, interned: metaffi_name_intern.
 * @param value What it is from now on, borrowed for the call; NULL deletes it.
 * @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if what is to be deleted is not there;
 *         METAFFI_STATUS_UNSUPPORTED if the object has none that are written;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT for a value that is none;
 *         METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `value` is NULL or what its type says; `error` is NULL or writable.
 */
metaffi_status metaffi_object_set(const struct metaffi_object *object,
                                  const struct metaffi_name *name,
                                  const struct metaffi_value *value,
                                  struct metaffi_error **error);

/**
 * The same by the text of its name.
 *
 * @param name `length` bytes of UTF-8, borrowed for the call.
 * @return As metaffi_object_set; METAFFI_STATUS_INVALID_TEXT.
 *
 * @pre `name` is NULL or has `length` bytes; `value` is NULL or what its type says; `error` is NULL or
 * writable.
 */
metaffi_status metaffi_object_set_attribute(const struct metaffi_object *object,
                                            const char *name,
                                            size_t length,
                                            const struct metaffi_value *value,
                                            struct metaffi_error **error);

/**
 * Awaits an object: a coroutine, a future or a promise of whatever runtime. A loop of that runtime
 * drives it, and what comes of it is said to `on_done` once, and to whoever waits for `task`.
 *
 * In Python that is the loop which runs on this thread, if one does, the loop that a future belongs
 * to, and else one on a thread of metaffi's, which begins with the first.
 *
 * @param on_done Called once, on any thread, maybe before this returns; may be NULL.
 * @param userdata Given to `on_done`; taken over on success.
 * @param finalizer Called once with `userdata`, after `on_done`; may be NULL.
 * @param task What is awaited, owned by the caller: metaffi_task_free. May be NULL if `on_done` is
 *        not.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object cannot be awaited;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if nobody would be told;
 *         METAFFI_STATUS_FOREIGN if it cannot begin, as the loop of a future is closed. On failure
 *         `userdata` stays the caller's.
 *
 * @pre `on_done` may be called as described until `finalizer` is called; `task` and `error` are NULL or
 * writable.
 */
metaffi_status metaffi_object_await(const struct metaffi_object *object,
                                    metaffi_completion on_done,
                                    void *userdata,
                                    metaffi_finalizer finalizer,
                                    struct metaffi_task **task,
                                    struct metaffi_error **error);

/**
 * Has a function told what comes of something that is awaited, where a loop of the host's runs the jobs
 * of a runtime: by metaffi_runtime_run_jobs, also if it is done already.
 *
 * @param runtime The runtime whose jobs that is one of: it may be another than that of what is awaited.
 *        NULL: it is told at once if it is done, and else on whatever thread does it last, as by
 *        metaffi_object_await.
 * @param on_done Called once; in the child of a fork it is not.
 * @param userdata Given to `on_done`; taken over on success.
 * @param finalizer Called once with `userdata`, after `on_done`; may be NULL.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `on_done` is
 *         NULL. On failure `userdata` stays the caller's.
 *
 * @pre `on_done` may be called as described until `finalizer` is called; `error` is NULL or writable.
 */
metaffi_status metaffi_task_then(const struct metaffi_task *task,
                                 const struct metaffi_runtime *runtime,
                                 metaffi_completion on_done,
                                 void *userdata,
                                 metaffi_finalizer finalizer,
                                 struct metaffi_error **error);

/**
 * Cancels what is awaited, some time: what comes of that is what came of it, which may be a value
 * all the same. Of what is done nothing happens.
 *
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_CANCELLED in the child of a
 *         process that was forked meanwhile.
 *
 * @pre `error` is NULL or writable.
 */
metaffi_status metaffi_task_cancel(const struct metaffi_task *task, struct metaffi_error **error);

/**
 * Waits until what is awaited is done, and gives what came of it, as often as it is asked. Locks of
 * runtimes that this thread has, as in a scope, are given up meanwhile.
 *
 * @param timeout How many nanoseconds to wait; 0 only asks, UINT64_MAX waits for ever.
 * @param value The result, owned by the caller: metaffi_value_clear. Zeroed on failure.
 * @return METAFFI_OK; METAFFI_STATUS_TIMED_OUT if it is not done by then;
 *         METAFFI_STATUS_CANCELLED; what its code failed with; METAFFI_STATUS_ENDED if an
 *         asynchronous iterator has no more values; METAFFI_STATUS_UNSUPPORTED on the thread that
 *         drives it, which would wait for itself; METAFFI_STATUS_INVALID_HANDLE;
 *         METAFFI_STATUS_INVALID_ARGUMENT if `value` is NULL.
 *
 * @pre `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_task_wait(const struct metaffi_task *task,
                                 uint64_t timeout,
                                 struct metaffi_value *value,
                                 struct metaffi_error **error);

/**
 * Another handle for the same task.
 *
 * @param clone The new handle, owned by the caller: metaffi_task_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
 *         is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `clone` and `error` are NULL or writable.
 */
metaffi_status metaffi_task_clone(const struct metaffi_task *task,
                                  struct metaffi_task **clone,
                                  struct metaffi_error **error);

/**
 * Frees a handle of a task. What is awaited goes on, and `on_done` is told all the same: to end it,
 * metaffi_task_cancel. NULL is fine.
 *
 * @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no task or was freed already.
 */
metaffi_status metaffi_task_free(struct metaffi_task *task);

/**
 * A promise: an object that every guest can await, and metaffi_object_await too, until somebody
 * settles it. When the last handle of hosts is freed before that, who awaits it gets
 * METAFFI_STATUS_CANCELLED: guests have it, and do not settle it.
 *
 * @param promise The new handle, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `promise` is NULL;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `promise` and `error` are NULL or writable.
 */
metaffi_status metaffi_promise_new(struct metaffi_object **promise, struct metaffi_error **error);

/**
 * Settles a promise, once, on any thread. Who awaits it is told before this returns, or by a loop.
 *
 * @param value What it gives, borrowed for the call and copied; NULL if it fails.
 * @param failure What it fails with, borrowed for the call; NULL if there is a value. An error of
 *        status METAFFI_STATUS_CANCELLED cancels it.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if it is settled already, or is given both or
 *         neither; METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre `value` is NULL or what its type says; `error` is NULL or writable.
 */
metaffi_status metaffi_promise_settle(const struct metaffi_object *promise,
                                      const struct metaffi_value *value,
                                      const struct metaffi_error *failure,
                                      struct metaffi_error **error);

/**
 * The memory of an object as an array, without a copy: what either writes the other sees.
 *
 * Objects of Python show it by the buffer protocol, or hand it over by DLPack or by Arrow's C
 * interface.
 *
 * May run code of the object's, as metaffi_object_get.
 *
 * @param writable Whether the array must be one that is written.
 * @param array The array, owned by the caller: metaffi_array_free. Until then it keeps the memory, and
 *        Python's objects refuse to change their size.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object shows no memory that can be an array, or
 *         none that can be written; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
 *         `array` is NULL; METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_FOREIGN if the object's code
 *         fails.
 *
 * @pre `array` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_buffer(const struct metaffi_object *object,
                                     bool writable,
                                     struct metaffi_array **array,
                                     struct metaffi_error **error);

/**
 * Calls an object.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param arguments `count` values, borrowed for the call: those that are given by position, then
 *        those that are given by name.
 * @param names The `name_count` names of the last ones, interned: metaffi_name_intern. NULL for none.
 * @param returned What it gives, owned by the caller: metaffi_value_clear. As metaffi_object_get gives
 *        it; zeroed on failure.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object cannot be called;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL that is
 *         needed, for a value that is none, for more names than arguments, or for a name that is
 *         given twice; METAFFI_STATUS_FOREIGN if it fails, also because it takes other arguments.
 *
 * @pre `arguments` is NULL or has `count` values that are what their types say; `names` is NULL or has
 * `name_count` names; `returned` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_call(const struct metaffi_object *object,
                                   const struct metaffi_value *arguments,
                                   size_t count,
                                   const struct metaffi_name *const *names,
                                   size_t name_count,
                                   struct metaffi_value *returned,
                                   struct metaffi_error **error);

/**
 * Makes an instance of a type.
 *
 * Runs code of the type's, as metaffi_object_get.
 *
 * @param arguments As for metaffi_object_call.
 * @param names As for metaffi_object_call.
 * @param returned The instance, owned by the caller: metaffi_value_clear. As metaffi_object_get gives
 *        it; zeroed on failure.
 * @return As metaffi_object_call; METAFFI_STATUS_UNSUPPORTED if it is no type, or one that has no
 *         instances of its own.
 *
 * @pre As for metaffi_object_call.
 */
metaffi_status metaffi_object_construct(const struct metaffi_object *object,
                                        const struct metaffi_value *arguments,
                                        size_t count,
                                        const struct metaffi_name *const *names,
                                        size_t name_count,
                                        struct metaffi_value *returned,
                                        struct metaffi_error **error);

/**
 * Calls a member of an object. Of a method no object is made for that, as metaffi_object_get would.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param name The member's name, interned: metaffi_name_intern.
 * @param arguments As for metaffi_object_call.
 * @param names As for metaffi_object_call.
 * @param returned As for metaffi_object_call.
 * @return As metaffi_object_call; METAFFI_STATUS_NOT_FOUND if there is no such member;
 *         METAFFI_STATUS_FOREIGN also if the member cannot be called.
 *
 * @pre As for metaffi_object_call.
 */
metaffi_status metaffi_object_invoke(const struct metaffi_object *object,
                                     const struct metaffi_name *name,
                                     const struct metaffi_value *arguments,
                                     size_t count,
                                     const struct metaffi_name *const *names,
                                     size_t name_count,
                                     struct metaffi_value *returned,
                                     struct metaffi_error **error);

/**
 * Compares an object with a value.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param comparison One of METAFFI_LESS to METAFFI_GREATER_OR_EQUAL; any two things may be compared
 *        for METAFFI_EQUAL and METAFFI_NOT_EQUAL.
 * @param with Borrowed for the call.
 * @param holds The answer; false on failure.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object has no order;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, `with`
 *         is no value, or `comparison` is not known; METAFFI_STATUS_FOREIGN if the object's code
 *         fails, also because the two have no order.
 *
 * @pre `with` is NULL or what its type says; `holds` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_compare(const struct metaffi_object *object,
                                      metaffi_comparison comparison,
                                      const struct metaffi_value *with,
                                      bool *holds,
                                      struct metaffi_error **error);

/**
 * The hash of an object, which it has in common with whatever is equal to it in its language.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param hash The number; it may be another in another process.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object has none;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `hash` is NULL;
 *         METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `hash` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_hash(const struct metaffi_object *object,
                                   uint64_t *hash,
                                   struct metaffi_error **error);

/**
 * Whether an object counts as true where its language asks, as in Python's `if`.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param truth The answer; false on failure.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `truth` is
 *         NULL; METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `truth` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_truth(const struct metaffi_object *object,
                                    bool *truth,
                                    struct metaffi_error **error);

/**
 * Enters an object as a context, as Python's `with` does.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param entered What it gives for the body, owned by the caller: metaffi_value_clear. As
 *        metaffi_object_get gives it; zeroed on failure.
 * @return METAFFI_OK: metaffi_object_exit is due; METAFFI_STATUS_UNSUPPORTED if the object is no
 *         context; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `entered` is NULL;
 *         METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `entered` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_enter(const struct metaffi_object *object,
                                    struct metaffi_value *entered,
                                    struct metaffi_error **error);

/**
 * Leaves an object as a context.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param failure What the body has failed with, borrowed for the call; NULL if it has not. A failure
 *        of the object's own runtime is there the exception that it was.
 * @param suppressed Whether the failure is dealt with; false on failure, and without one.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object is no context;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `suppressed` is NULL;
 *         METAFFI_STATUS_FOREIGN if the object's code fails: that failure takes the place of the
 *         body's.
 *
 * @pre `suppressed` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_exit(const struct metaffi_object *object,
                                   const struct metaffi_error *failure,
                                   bool *suppressed,
                                   struct metaffi_error **error);

/**
 * An object's array as a tensor of DLPack, without a copy: what either writes the other sees.
 *
 * Of what has METAFFI_CAN_DLPACK: tensors and arrays, on whatever device `tensor->dl_tensor.device` says.
 * What has METAFFI_CAN_BUFFER gives its memory as a tensor as well. `metaffi/exchange.h` has the struct,
 * as DLPack 1 does. Where code of an older library gives a tensor without a version, its memory counts as
 * one that may be written.
 *
 * May run code of the object's, as metaffi_object_get.
 *
 * @param tensor The tensor, owned by the caller, who calls its `deleter` once, on any thread. Until then
 *        it keeps the memory. Whether that may be written say its `flags`.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object has no such array;
 *         METAFFI_STATUS_TYPE_MISMATCH if it gives a version of DLPack that is not known;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `tensor` is NULL;
 *         METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `tensor` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_dlpack(const struct metaffi_object *object,
                                     struct DLManagedTensorVersioned **tensor,
                                     struct metaffi_error **error);

/**
 * An object's column, or the columns of its table, by Arrow's C data interface, without a copy.
 *
 * Of what has METAFFI_CAN_ARROW_ARRAY. Of what has METAFFI_CAN_BUFFER its memory is a column, if it is
 * numbers in one dimension. `metaffi/exchange.h` has the structs, as Arrow does.
 *
 * May run code of the object's, as metaffi_object_get.
 *
 * @param schema The type, owned by the caller, who calls its `release` once, on any thread.
 * @param array The column, owned by the caller in the same way; a table is a column of structs.
 *        Where the memory is a guest's own, as that of Python's bytes, before the guest has ended.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object has no such column;
 *         METAFFI_STATUS_TYPE_MISMATCH if it gives something else; METAFFI_STATUS_INVALID_HANDLE;
 *         METAFFI_STATUS_INVALID_ARGUMENT if `schema` or `array` is NULL;
 *         METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_FOREIGN if the object's code fails. Nothing is
 *         there to release then.
 *
 * @pre `schema`, `array` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_arrow_array(const struct metaffi_object *object,
                                          struct ArrowSchema *schema,
                                          struct ArrowArray *array,
                                          struct metaffi_error **error);

/**
 * The type that an object is, or that its columns have, by Arrow's C data interface: schemas, fields and
 * types. What gives a stream says the type there.
 *
 * May run code of the object's, as metaffi_object_get.
 *
 * @param schema The type, owned by the caller, who calls its `release` once, on any thread.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED without METAFFI_CAN_ARROW_SCHEMA;
 *         METAFFI_STATUS_TYPE_MISMATCH if the object gives something else;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `schema` is NULL, or if it
 *         is the type of a stream that somebody has already; METAFFI_STATUS_OUT_OF_MEMORY;
 *         METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `schema` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_arrow_schema(const struct metaffi_object *object,
                                           struct ArrowSchema *schema,
                                           struct metaffi_error **error);

/**
 * A stream of an object's columns, by Arrow's C stream interface: of tables and of readers, which may be
 * larger than memory.
 *
 * May run code of the object's, as metaffi_object_get.
 *
 * @param stream The stream, owned by the caller, who calls its `release` once, on any thread.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED without METAFFI_CAN_ARROW_STREAM;
 *         METAFFI_STATUS_TYPE_MISMATCH if the object gives something else;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `stream` is NULL, or if
 *         somebody has the stream of the object already; METAFFI_STATUS_OUT_OF_MEMORY;
 *         METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `stream` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_arrow_stream(const struct metaffi_object *object,
                                           struct ArrowArrayStream *stream,
                                           struct metaffi_error **error);

/**
 * Makes an object of a tensor of DLPack. Python has it as an object with `__dlpack__`, which
 * `numpy.from_dlpack` and `torch.from_dlpack` take, as often as they like; metaffi_object_buffer of it is
 * an array, where the processor reads the memory.
 *
 * `metaffi_object_runtime` of it is "host".
 *
 * @param tensor Taken over, also if this fails: its `deleter` is called once, on any thread, when nobody
 *        uses the memory any more.
 * @param object The object, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_TYPE_MISMATCH if the tensor is not of version 1;
 *         METAFFI_STATUS_INVALID_ARGUMENT if `tensor` or `object` is NULL, or if the tensor cannot be
 *         read: without its shape or its data, with extents below zero or too large;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `tensor` is NULL or as DLPack says; `object` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_new_dlpack(struct DLManagedTensorVersioned *tensor,
                                         struct metaffi_object **object,
                                         struct metaffi_error **error);

/**
 * The same of a tensor without a version, as DLPack had them before 1.
 *
 * @param tensor Taken over, as by metaffi_object_new_dlpack.
 * @param object The object, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT and METAFFI_STATUS_OUT_OF_MEMORY as
 *         metaffi_object_new_dlpack.
 *
 * @pre `tensor` is NULL or as DLPack says; `object` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_new_dlpack_unversioned(struct DLManagedTensor *tensor,
                                                     struct metaffi_object **object,
                                                     struct metaffi_error **error);

/**
 * Makes an object of a column, or of the columns of a table, of Arrow's C data interface. Python has it
 * as an object with `__arrow_c_array__`, which `pyarrow.array`, `pyarrow.record_batch` and
 * `polars.DataFrame` take, as often as they like; metaffi_object_buffer of a column of numbers without
 * nulls is an array.
 *
 * `metaffi_object_runtime` of it is "host".
 *
 * @param schema The type. It and `array` are moved, also if this fails: where they were they are marked
 *        as released, and what was there is released once, on any thread, when nobody uses it any more.
 * @param array The column.
 * @param object The object, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if one of them is NULL, or released already, if
 *         they do not belong together, or if what they count is below zero or NULL;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `schema` and `array` are NULL or as Arrow says; `object` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_new_arrow_array(struct ArrowSchema *schema,
                                              struct ArrowArray *array,
                                              struct metaffi_object **object,
                                              struct metaffi_error **error);

/**
 * Makes an object of a stream of Arrow's C stream interface. Python has it as an object with
 * `__arrow_c_stream__`, which `pyarrow.table` and `polars.DataFrame` take, once.
 *
 * `metaffi_object_runtime` of it is "host".
 *
 * @param stream Moved, as by metaffi_object_new_arrow_array.
 * @param object The object, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `stream` or `object` is NULL, or the stream
 *         released already; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `stream` is NULL or as Arrow says; `object` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_new_arrow_stream(struct ArrowArrayStream *stream,
                                               struct metaffi_object **object,
                                               struct metaffi_error **error);

/**
 * Makes an object of the host's, which every runtime shows as one of its own: it can do there what
 * the functions of its class do. `metaffi_object_runtime` of it is "host".
 *
 * An object that went through runtimes and comes back is itself: `metaffi_object_userdata` tells.
 *
 * @param class What it is; not copied: it stays as it is until `finalizer` has been called.
 * @param userdata Given to each function of the class.
 * @param finalizer Called once with `userdata`, when nobody has the object any more, on whatever
 *        thread gives it up; NULL for none. Not called if this fails.
 * @param object The object, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `class` or `object` is NULL, or if the
 *         class has no name or an impossible size; METAFFI_STATUS_INVALID_TEXT;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `class` is as described; `object` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_new(const struct metaffi_object_class *class_,
                                  void *userdata,
                                  metaffi_finalizer finalizer,
                                  struct metaffi_object **object,
                                  struct metaffi_error **error);

/**
 * What an object of the host's was made with.
 *
 * @return The `userdata` of metaffi_object_new, which is there as long as a handle of the object is;
 *         NULL if `object` is none of that class, or no object.
 */
void *metaffi_object_userdata(const struct metaffi_object *object,
                              const struct metaffi_object_class *class_);

/**
 * Reads an item of an object by its position, or an entry by its key.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param key Borrowed for the call. A number is a position where there are items, and a key where
 *        there are entries; a text is always a key.
 * @param value The item, owned by the caller: metaffi_value_clear. As metaffi_object_get gives it;
 *        zeroed on failure.
 * @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if there is no such item or entry;
 *         METAFFI_STATUS_UNSUPPORTED if the object has none that are read by such a key;
 *         METAFFI_STATUS_TYPE_MISMATCH for another key than a number or a text where there are only
 *         items; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `key` or `value`
 *         is NULL, or `key` is no value; METAFFI_STATUS_FOREIGN if the object's code fails, as it does
 *         for a key without a hash, and as Python's does for a position that is no integer.
 *
 * @pre `key` is NULL or what its type says; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_get_item(const struct metaffi_object *object,
                                       const struct metaffi_value *key,
                                       struct metaffi_value *value,
                                       struct metaffi_error **error);

/**
 * Reads an item by its position; for loops.
 *
 * @param index Below zero it counts from the end where the object's language does so.
 * @return As metaffi_object_get_item; METAFFI_STATUS_UNSUPPORTED of an object that has only entries.
 *
 * @pre `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_get_index(const struct metaffi_object *object,
                                        int64_t index,
                                        struct metaffi_value *value,
                                        struct metaffi_error **error);

/**
 * Reads an entry whose key is a text, which is interned: metaffi_name_intern. Other texts are values
 * for metaffi_object_get_item.
 *
 * @return As metaffi_object_get_item.
 *
 * @pre `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_get_entry(const struct metaffi_object *object,
                                        const struct metaffi_name *key,
                                        struct metaffi_value *value,
                                        struct metaffi_error **error);

/**
 * Writes an item by its position or an entry by its key, or deletes it.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param key As for metaffi_object_get_item, of which METAFFI_STATUS_TYPE_MISMATCH is the same.
 * @param value What it is from now on, borrowed for the call; NULL deletes it.
 * @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if the position is not there, or the key that is to be
 *         deleted; METAFFI_STATUS_UNSUPPORTED if the object has none that are written, or deleted, by
 *         such a key; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `key` is NULL,
 *         or for a value that is none; METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `key` and `value` are NULL or what their types say; `error` is NULL or writable.
 */
metaffi_status metaffi_object_set_item(const struct metaffi_object *object,
                                       const struct metaffi_value *key,
                                       const struct metaffi_value *value,
                                       struct metaffi_error **error);

/**
 * Writes an item by its position, or deletes it; for loops.
 *
 * @param index As for metaffi_object_get_index.
 * @return As metaffi_object_set_item; METAFFI_STATUS_UNSUPPORTED of an object that has only entries.
 *
 * @pre `value` is NULL or what its type says; `error` is NULL or writable.
 */
metaffi_status metaffi_object_set_index(const struct metaffi_object *object,
                                        int64_t index,
                                        const struct metaffi_value *value,
                                        struct metaffi_error **error);

/**
 * Writes an entry whose key is a text, which is interned, or deletes it: metaffi_name_intern.
 *
 * @return As metaffi_object_set_item.
 *
 * @pre `value` is NULL or what its type says; `error` is NULL or writable.
 */
metaffi_status metaffi_object_set_entry(const struct metaffi_object *object,
                                        const struct metaffi_name *key,
                                        const struct metaffi_value *value,
                                        struct metaffi_error **error);

/**
 * The items of a range of positions, as the object's language slices.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param start The first position, borrowed for the call; NULL for the beginning.
 * @param stop The position behind the last one, borrowed for the call; NULL for the end.
 * @param step Borrowed for the call; NULL for 1.
 * @param items What has them, owned by the caller: metaffi_object_free.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object has no items that are read;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `items` is NULL;
 *         METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `start`, `stop` and `step` are NULL or numbers; `items` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_slice(const struct metaffi_object *object,
                                    const int64_t *start,
                                    const int64_t *stop,
                                    const int64_t *step,
                                    struct metaffi_object **items,
                                    struct metaffi_error **error);

/**
 * How many items or entries an object has.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param length The number; 0 on failure.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object has no length;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `length` is NULL;
 *         METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `length` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_length(const struct metaffi_object *object,
                                     size_t *length,
                                     struct metaffi_error **error);

/**
 * Whether a value is among an object's items, or among its keys.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param value Borrowed for the call.
 * @param contains The answer; false on failure.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object cannot be asked;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, or
 *         `value` is none; METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `value` is NULL or what its type says; `contains` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_contains(const struct metaffi_object *object,
                                       const struct metaffi_value *value,
                                       bool *contains,
                                       struct metaffi_error **error);

/**
 * An iterator over an object.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param iteration One of `METAFFI_ITERATE_…`; all but METAFFI_ITERATE_ITSELF are for mappings.
 * @param iterator Owned by the caller: metaffi_object_free. Its values are got by
 *        metaffi_object_next.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object cannot be iterated so;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `iterator` is NULL, or
 *         `iteration` is not known; METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `iterator` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_iterate(const struct metaffi_object *object,
                                      metaffi_iteration iteration,
                                      struct metaffi_object **iterator,
                                      struct metaffi_error **error);

/**
 * The next values of an iterator: as many as there are, and there is room for, by one call.
 *
 * Runs code of the iterator's, as metaffi_object_get. What it fails with after it has given values, the
 * next call with this handle fails with. An iterator over the items of an array of C's, or of a
 * sequence of a host that has no iterator of its own, goes on behind an item that failed.
 *
 * @param values Room for values, which are written from the first on and then owned by the caller:
 *        metaffi_value_clear. As metaffi_object_get gives them.
 * @param room For how many.
 * @param count How many were written. Fewer than there is room for: the end, and 0 from then on.
 * @return METAFFI_OK, also at the end; METAFFI_STATUS_UNSUPPORTED if the object is no iterator;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
 *         METAFFI_STATUS_FOREIGN if the iterator's code fails.
 *
 * @pre `values` is NULL or has room for so many; `count` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_next(const struct metaffi_object *iterator,
                                   struct metaffi_value *values,
                                   size_t room,
                                   size_t *count,
                                   struct metaffi_error **error);

/**
 * Goes on with a generator: sends a value into it, raises an error in it, or closes it.
 *
 * Runs code of the generator's, as metaffi_object_get.
 *
 * @param kind One of `METAFFI_SEND_…`.
 * @param value What is sent, borrowed for the call; NULL sends null. Only for METAFFI_SEND_VALUE.
 * @param failure What is raised, borrowed for the call. Only for METAFFI_SEND_ERROR.
 * @param returned The value that it gives, or the result that it ends with, owned by the caller:
 *        metaffi_value_clear. As metaffi_object_get gives it; zeroed on failure.
 * @param yielded Whether it has given a value; false if it has ended.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object is no generator;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL that is
 *         needed, or `kind` is not known; METAFFI_STATUS_FOREIGN if the generator's code fails.
 *
 * @pre `value` is NULL or what its type says; `returned`, `yielded` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_send(const struct metaffi_object *generator,
                                   metaffi_send kind,
                                   const struct metaffi_value *value,
                                   const struct metaffi_error *failure,
                                   struct metaffi_value *returned,
                                   bool *yielded,
                                   struct metaffi_error **error);

/**
 * The members of an object, as its language lists them, with what each is. None of them is read for
 * that.
 *
 * May run code of the object's, as metaffi_object_get.
 *
 * @param members `count` of them, owned by the caller with their names: metaffi_free. NULL if there
 *        are none.
 * @param count How many there are.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object cannot list them;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
 *         METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `members`, `count` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_members(const struct metaffi_object *object,
                                      struct metaffi_member **members,
                                      size_t *count,
                                      struct metaffi_error **error);

/**
 * The number that an object is, exactly: also of an object that is more than its number, such as a
 * member of an enumeration.
 *
 * Runs code of the object's, as metaffi_object_get.
 *
 * @param value The number, owned by the caller: metaffi_value_clear. An integer as int64, uint64 or
 *        bigint, whatever holds it first; else float64, complex or decimal. Zeroed on failure.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the object is no number;
 *         METAFFI_STATUS_OUT_OF_RANGE if nothing holds it exactly, as of Python's
 *         `Fraction(1, 3)`; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
 *         `value` is NULL; METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_number(const struct metaffi_object *object,
                                     struct metaffi_value *value,
                                     struct metaffi_error **error);

/**
 * Where an object is written: a function, a type, a module, or what runs a function.
 *
 * May run code of the object's, as metaffi_object_get, and read its source.
 *
 * @param file The file, owned by the caller: metaffi_free. NULL if nobody knows.
 * @param line The line, from 1; 0 if it is not known.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if a place is
 *         NULL; METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_FOREIGN if the object's code fails.
 *
 * @pre `file`, `line` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_source(const struct metaffi_object *object,
                                     char **file,
                                     uint32_t *line,
                                     struct metaffi_error **error);

/**
 * A text about an object.
 *
 * Runs code of the object's, as metaffi_object_get, unless it is METAFFI_TEXT_SAFE.
 *
 * @param kind One of `METAFFI_TEXT_…`.
 * @param value A string8, owned by the caller: metaffi_value_clear. Zeroed on failure.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `value` is
 *         NULL, or `kind` is not known; METAFFI_STATUS_OUT_OF_MEMORY; METAFFI_STATUS_FOREIGN if the
 *         object's code fails.
 *
 * @pre `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_text(const struct metaffi_object *object,
                                   metaffi_text_kind kind,
                                   struct metaffi_value *value,
                                   struct metaffi_error **error);

/**
 * The type of an object, as an object.
 *
 * @param type Owned by the caller: metaffi_object_free. Its name is metaffi_object_type_name of the
 *        object.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if the runtime has no objects for types;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `type` is NULL.
 *
 * @pre `type` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_type(const struct metaffi_object *object,
                                   struct metaffi_object **type,
                                   struct metaffi_error **error);

/**
 * The types that a type is derived from directly.
 *
 * @param parents An array of handles, owned by the caller, as are they: metaffi_array_free. NULL if
 *        there are none.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if it is no type; METAFFI_STATUS_INVALID_HANDLE;
 *         METAFFI_STATUS_INVALID_ARGUMENT if `parents` is NULL.
 *
 * @pre `parents` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_parents(const struct metaffi_object *type,
                                      struct metaffi_array **parents,
                                      struct metaffi_error **error);

/**
 * Whether an object is an instance of a type, or of one that is derived from it.
 *
 * May run code of the type's, as metaffi_object_get.
 *
 * @param answer The answer; false on failure.
 * @return METAFFI_OK; METAFFI_STATUS_UNSUPPORTED if `type` is no type;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `answer` is NULL;
 *         METAFFI_STATUS_FOREIGN if the type's code fails.
 *
 * @pre `answer` and `error` are NULL or writable.
 */
metaffi_status metaffi_object_is_instance(const struct metaffi_object *object,
                                          const struct metaffi_object *type,
                                          bool *answer,
                                          struct metaffi_error **error);

/**
 * Tells a visitor of a value and all that is in it, in one crossing for the whole tree.
 *
 * Numbers, texts, truth values and null come as what they are; lists, tuples, sets and maps of the
 * language, also objects of types that say that they are one, as containers; arrays of numbers as
 * views of their memory; what has no conversion as an object. Containers may be nested as deep as
 * there is memory. One that is met again, or that contains itself, is told as `again`.
 *
 * Runs code of the objects' and the visitor's, on this thread; C++ exceptions and longjmp pass as
 * `metaffi_visitor` says.
 *
 * @param root What is visited, borrowed for the call: most often an object.
 * @param options How, borrowed for the call; NULL: as it is said where there is a choice.
 * @param visitor The functions that are told, borrowed for the call.
 * @param userdata What they are called with.
 * @return METAFFI_OK; what a function of the visitor fails with; METAFFI_STATUS_FOREIGN if code of
 *         an object fails; METAFFI_STATUS_UNSUPPORTED for what the visitor has no function for, and
 *         for an object with METAFFI_VISIT_NO_OBJECTS; METAFFI_STATUS_TYPE_MISMATCH for null with
 *         METAFFI_VISIT_NO_NULLS, and for a key that is no text with METAFFI_VISIT_MAPS_AS_OBJECTS;
 *         METAFFI_STATUS_OUT_OF_RANGE for an integer with METAFFI_VISIT_INT64_ONLY;
 *         METAFFI_STATUS_INVALID_ARGUMENT for a container that is met again with
 *         METAFFI_VISIT_NO_SHARED, and for options, or a value, that are none;
 *         METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `root` is NULL or what its type says; `options` and `visitor` are NULL or as large as they say;
 * `error` is NULL or writable.
 */
metaffi_status metaffi_object_visit(const struct metaffi_value *root,
                                    const struct metaffi_visit_options *options,
                                    const struct metaffi_visitor *visitor,
                                    void *userdata,
                                    struct metaffi_error **error);

/**
 * A value and all that is in it as a value of its own, which no runtime has any part in: lists as
 * arrays of any, tuples, sets and maps as such, containers of fields as maps of their names.
 *
 * @param root What is converted, borrowed for the call: most often an object.
 * @param options How, borrowed for the call, or NULL. A container that is met again is copied, as with
 *        `METAFFI_VISIT_SHARED_COPIED`; converters write a value.
 * @param value The new value, owned by the caller: metaffi_value_clear. What has no conversion is a
 *        handle in it.
 * @return As metaffi_object_visit; METAFFI_STATUS_OUT_OF_RANGE if containers are nested deeper than
 *         values are.
 *
 * @pre `root` is NULL or what its type says; `options` is NULL or as large as it says; `value` and
 * `error` are NULL or writable.
 */
metaffi_status metaffi_object_convert(const struct metaffi_value *root,
                                      const struct metaffi_visit_options *options,
                                      struct metaffi_value *value,
                                      struct metaffi_error **error);

/**
 * Builds a value of a runtime's own: its lists, maps and objects, of what a producer tells.
 *
 * Runs code of the producer's and, for keys, of the runtime's, on this thread; C++ exceptions and
 * longjmp pass as `metaffi_visitor` says. The producer may give the visitor to
 * metaffi_object_visit, so that a tree of another runtime is built in this one.
 *
 * @param producer Tells the visitor that it is given of one value; that is not used after it has
 *        returned. Containers that are told again have the number that they were opened with; 0
 *        is none.
 * @param userdata What it is called with.
 * @param value What was built, owned by the caller: metaffi_value_clear. Numbers, text, truth values
 *        and null are values, everything else is a handle. Zeroed on failure.
 * @return METAFFI_OK; what the producer fails with; METAFFI_STATUS_UNSUPPORTED if the runtime has no
 *         containers; METAFFI_STATUS_FOREIGN if it refuses what it is told, as a key without a
 *         hash; METAFFI_STATUS_INVALID_ARGUMENT if what is told makes no value, or `producer` or
 *         `value` is NULL; METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre `producer` may be called with `userdata`; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_runtime_build(const struct metaffi_runtime *runtime,
                                     metaffi_producer producer,
                                     void *userdata,
                                     struct metaffi_value *value,
                                     struct metaffi_error **error);

/**
 * How many runtimes are built in.
 *
 * @return Their number, the same for the life of the process.
 */
size_t metaffi_runtime_count(void);

/**
 * The name of a runtime that is built in, whether or not it can be loaded here.
 *
 * @param index Below metaffi_runtime_count.
 * @return Static text; NULL if there are not so many.
 */
const char *metaffi_runtime_name_at(size_t index);

/**
 * Loads a runtime, or shares the one that is loaded already.
 *
 * @param name The runtime's name or an alias of it, such as "c".
 * @param options `option_count` options, borrowed for the call; what a runtime takes is in its
 *        documentation, and an unknown key is an error. To share a runtime that is loaded, give
 *        none, or those it was loaded with. Of runtime c each set of options is a runtime: they
 *        are what its modules have unless they are loaded with others.
 * @param runtime The new handle, owned by the caller: metaffi_runtime_free. The runtime is
 *        released with the last handle of it and of what was loaded from it.
 * @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND for an unknown name or option;
 *         METAFFI_STATUS_LOAD_FAILED if it is not installed here or cannot be started;
 *         METAFFI_STATUS_INVALID_ARGUMENT.
 *
 * @pre Texts are NUL-terminated; `options` has `option_count` of them; `runtime` and `error` are NULL
 * or writable.
 */
metaffi_status metaffi_runtime_load(const char *name,
                                    const struct metaffi_option *options,
                                    size_t option_count,
                                    struct metaffi_runtime **runtime,
                                    struct metaffi_error **error);

/**
 * A runtime's name.
 *
 * @return Borrowed until the runtime is freed; "" if `runtime` is no runtime.
 */
const char *metaffi_runtime_name(const struct metaffi_runtime *runtime);

/**
 * Another handle for the same runtime.
 *
 * @param clone The new handle, owned by the caller: metaffi_runtime_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `clone`
 *         is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `clone` and `error` are NULL or writable.
 */
metaffi_status metaffi_runtime_clone(const struct metaffi_runtime *runtime,
                                     struct metaffi_runtime **clone,
                                     struct metaffi_error **error);

/**
 * Releases a handle of a runtime. NULL is fine.
 *
 * @return METAFFI_OK, or METAFFI_STATUS_INVALID_HANDLE if it is no runtime or was freed already.
 */
metaffi_status metaffi_runtime_free(struct metaffi_runtime *runtime);

/**
 * Where a runtime may be entered.
 *
 * @param affinity METAFFI_AFFINITY_ANY, METAFFI_AFFINITY_LOCK or METAFFI_AFFINITY_THREAD.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if
 *         `affinity` is NULL.
 *
 * @pre `affinity` and `error` are NULL or writable.
 */
metaffi_status metaffi_runtime_affinity(const struct metaffi_runtime *runtime,
                                        metaffi_affinity *affinity,
                                        struct metaffi_error **error);

/**
 * Runs what waits for a runtime's jobs to be run: what metaffi_task_then has told there, and calls of
 * other threads, if the runtime belongs to one. What was given up where the runtime was not entered is
 * given back, too, and is not counted.
 *
 * On one thread of the host's, which is the one that the runtime belongs to, if it does. A loop calls it
 * when it is woken by metaffi_runtime_set_waker; what is left after `most` jobs wakes it again.
 *
 * @param most How many to run at most; 0 only gives back.
 * @param ran How many were run; may be NULL.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT on another thread than the one that the runtime
 *         belongs to; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_UNSUPPORTED if the runtime cannot
 *         be used any more.
 *
 * @pre `ran` and `error` are NULL or writable.
 */
metaffi_status metaffi_runtime_run_jobs(const struct metaffi_runtime *runtime,
                                        size_t most,
                                        size_t *ran,
                                        struct metaffi_error **error);

/**
 * Says what wakes the loop in which a host runs the jobs of a runtime, in place of what was said
 * before: it is called where nothing waited and now something does, and at once if something does. A
 * process has one for each runtime. The child of a fork has none, and none of the jobs.
 *
 * @param wake NULL: nothing. It may still be called by another thread until the finalizer is.
 * @param userdata Given to `wake`; taken over on success.
 * @param finalizer Called once with `userdata`, when it has been replaced and is not in a call; may be
 *        NULL.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE. On failure `userdata` stays the caller's.
 *
 * @pre `wake` may be called as described until `finalizer` is called; `error` is NULL or writable.
 */
metaffi_status metaffi_runtime_set_waker(const struct metaffi_runtime *runtime,
                                         metaffi_waker wake,
                                         void *userdata,
                                         metaffi_finalizer finalizer,
                                         struct metaffi_error **error);

/**
 * The calling thread, for metaffi_runtime_interrupt.
 *
 * @return Its number, which another thread may have when this one has ended.
 */
uint64_t metaffi_thread_id(void);

/**
 * Interrupts code of a runtime: what it runs when it notices fails with METAFFI_STATUS_CANCELLED, or
 * the next that the thread runs. In Python that is a `KeyboardInterrupt`, which the code may catch. In
 * Java the thread is interrupted, for what it runs at that time alone: METAFFI_STATUS_NOT_FOUND if that
 * is nothing. Code that does not look whether it is to end, such as C code that blocks, is not
 * interrupted before it returns to the guest's own.
 *
 * @param thread That of metaffi_thread_id; 0: every other thread that runs code of the runtime,
 *        except the one of the loop that drives what is awaited: see metaffi_task_cancel.
 * @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if the runtime does not know the thread;
 *         METAFFI_STATUS_UNSUPPORTED if its code cannot be interrupted;
 *         METAFFI_STATUS_INVALID_HANDLE.
 *
 * @pre `error` is NULL or writable.
 */
metaffi_status metaffi_runtime_interrupt(const struct metaffi_runtime *runtime,
                                         uint64_t thread,
                                         struct metaffi_error **error);

/**
 * What each runtime that is built in finds on this machine, without starting anything.
 *
 * @param json An object from each runtime's name to a list of findings: `what`, `usable`, and
 *        where known `path`, `version` and `advice`. Owned by the caller: metaffi_free.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if `json` is NULL;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `json` and `error` are NULL or writable.
 */
metaffi_status metaffi_doctor(char **json, struct metaffi_error **error);

/**
 * Enters a runtime on this thread. Inside, calls cost what the runtime's own calls cost; other
 * threads may have to wait for the runtime meanwhile. A thread may be in several scopes.
 *
 * @param scope The new scope: leave it with metaffi_scope_leave, on this thread.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT if `scope`
 *         is NULL; what the runtime reports.
 *
 * @pre `scope` and `error` are NULL or writable.
 */
metaffi_status metaffi_scope_enter(const struct metaffi_runtime *runtime,
                                   struct metaffi_scope **scope,
                                   struct metaffi_error **error);

/**
 * Leaves a scope and frees it, on the thread that entered it. The scopes of a thread may be left in
 * any order, as those of fibers are: the runtime is left with the last of them.
 *
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT on another
 *         thread: then the scope stays entered.
 *
 * @pre `error` is NULL or writable.
 */
metaffi_status metaffi_scope_leave(struct metaffi_scope *scope, struct metaffi_error **error);

/**
 * Sets how long code of the runtime may run on this thread in a scope: what it runs when the time has
 * passed is interrupted, and fails with METAFFI_STATUS_TIMED_OUT; if nothing runs then, the next
 * call. That happens once, and not after the scope has been left. Code that does not look whether it
 * is to end, such as C code that blocks, is not interrupted before it returns to the guest's own.
 *
 * On the thread that entered the scope.
 *
 * @param timeout Nanoseconds from now on, in place of what was set before; UINT64_MAX: for ever.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_HANDLE; METAFFI_STATUS_INVALID_ARGUMENT on another
 *         thread; METAFFI_STATUS_UNSUPPORTED if code of the runtime cannot be interrupted;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `error` is NULL or writable.
 */
metaffi_status metaffi_scope_deadline(const struct metaffi_scope *scope,
                                      uint64_t timeout,
                                      struct metaffi_error **error);

/**
 * The number of bytes that one element takes in an array.
 *
 * @param element The type of the element: a string is a metaffi_string, any is a metaffi_value,
 *        handles, callables and arrays are pointers.
 * @return The size, or 0 if there are no arrays of that type.
 */
size_t metaffi_type_size(metaffi_type element);

/**
 * The name of a type: "int64", "float64_array", "uint8_packed_array".
 *
 * @return Static text, never freed; "" for a number that is not a type.
 */
const char *metaffi_type_name(metaffi_type type);

/**
 * The type of a name.
 *
 * @param name NUL-terminated: what metaffi_type_name gives, or a constant's name such as
 *        "metaffi_int64_type".
 * @param type The type.
 * @return METAFFI_OK; METAFFI_STATUS_NOT_FOUND if no type has that name, with what comes
 *         closest; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL;
 *         METAFFI_STATUS_INVALID_TEXT.
 *
 * @pre `name` is NULL or NUL-terminated; `type` and `error` are NULL or writable.
 */
metaffi_status metaffi_type_parse(const char *name,
                                  metaffi_type *type,
                                  struct metaffi_error **error);

/**
 * A new string8 with a copy of UTF-8 text.
 *
 * @param text `length` bytes, borrowed for the call; zeroes inside are text. NULL with length 0
 *        is the empty string.
 * @param value The new string, owned by the caller: metaffi_value_clear. Its text has a zero
 *        behind it that the length does not count.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_TEXT if it is not UTF-8, with the byte where;
 *         METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL; METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `text` is NULL or has `length` bytes; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_string8(const char *text,
                                         size_t length,
                                         struct metaffi_value *value,
                                         struct metaffi_error **error);

/**
 * A new string16 with a copy of UTF-16 text; otherwise as metaffi_value_new_string8.
 *
 * @param text `length` 16-bit units.
 *
 * @pre `text` is NULL or has `length` units; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_string16(const uint16_t *text,
                                          size_t length,
                                          struct metaffi_value *value,
                                          struct metaffi_error **error);

/**
 * A new string32 with a copy of UTF-32 text; otherwise as metaffi_value_new_string8.
 *
 * @param text `length` code points.
 *
 * @pre `text` is NULL or has `length` code points; `value` and `error` are NULL or writable.
 */
metaffi_status metaffi_value_new_string32(const uint32_t *text,
                                          size_t length,
                                          struct metaffi_value *value,
                                          struct metaffi_error **error);

/**
 * A deep copy of a value: its text or its array anew, another handle for its object or callable.
 *
 * @param value Borrowed for the call.
 * @param copy The copy, owned by the caller: metaffi_value_clear.
 * @return METAFFI_OK; METAFFI_STATUS_INVALID_ARGUMENT if a pointer is NULL, the value's type is
 *         no type, its array is not valid or is nested more than 64 deep;
 *         METAFFI_STATUS_INVALID_TEXT; METAFFI_STATUS_INVALID_HANDLE;
 *         METAFFI_STATUS_OUT_OF_MEMORY.
 *
 * @pre `value` is NULL or a value whose payload is that of its type; `copy` and `error` are NULL or
 * writable, and `copy` is not `value`.
 */
metaffi_status metaffi_value_copy(const struct metaffi_value *value,
                                  struct metaffi_value *copy,
                                  struct metaffi_error **error);

/**
 * Frees what a value owns and leaves null in it; clearing it again does nothing.
 *
 * An object that this was the last handle of is released, which may run code of its runtime.
 *
 * @param value A value that metaffi filled in, or NULL. Never one that borrows.
 *
 * @pre `value` is NULL or owns what it holds.
 */
void metaffi_value_clear(struct metaffi_value *value);

/**
 * A new value of another type, if that loses nothing.
 *
 * Integers convert to integers that hold them and to floats that are exactly them, floats to
 * floats that are exactly them, characters to characters and to and from the unsigned integer of
 * their width, text to text of another width, null to a NULL string, handle or callable, arrays
 * element by element. Everything converts to any and to its own type. What an object says or holds is
 * asked of the object: metaffi_object_number, metaffi_object_convert.
 *
 * @param value Borrowed for the call.
 * @param type The type to convert to.
 * @param converted The new value, owned by the caller: metaffi_value_clear. Converted to any, it
 *        has the type of `value`.
 * @return METAFFI_OK; METAFFI_STATUS_OUT_OF_RANGE if the number does not fit;
 *         METAFFI_STATUS_TYPE_MISMATCH if there is no such conversion; otherwise as
 *         metaffi_value_copy.
 *
 * @pre As for metaffi_value_copy.
 */
metaffi_status metaffi_value_convert(const struct metaffi_value *value,
                                     metaffi_type type,
                                     struct metaffi_value *converted,
                                     struct metaffi_error **error);

/**
 * The library's version, such as "0.1.0".
 *
 * @return Static text.
 */
const char *metaffi_version(void);

/**
 * The version of the ABI. Programs built against one number run with every library that reports
 * the same.
 *
 * @return The number; it changes only when something that programs rely on is removed or changed.
 */
uint32_t metaffi_abi_version(void);

/**
 * A status in words, such as "invalid argument".
 *
 * @return Static text; "unknown status" for a number that is none.
 */
const char *metaffi_status_name(metaffi_status status);

#ifdef __cplusplus
} /* extern "C" */
#endif /* __cplusplus */

#endif  /* METAFFI_H */
