/// \file
/// Deep conversion: objects and all that is in them, told to a visitor, and built of what is told.
#ifndef METAFFI_VISITOR_HPP
#define METAFFI_VISITOR_HPP

#include "runtime.hpp"
#include "value.hpp"

#include <memory>

namespace metaffi {

/// A container that a visitor comes to.
struct container {
    metaffi_container_kind kind;
    /// How many items or entries; `METAFFI_UNSPECIFIED` if that is not known before.
    std::size_t length;
    /// What `again` calls it.
    std::uint64_t id;
    /// Empty for the language's own types; lent for the call.
    std::string_view type_name;
};

/// What is told of the values of a visit: derive from it. What is not overridden comes to `any`,
/// and that throws. Exceptions end the visit and come out of it.
class visitor {
  public:
    virtual ~visitor() = default;

    virtual void null() {
        metaffi_value none{};
        none.type = metaffi_null_type;
        any(none);
    }
    virtual void boolean(bool told) {
        metaffi_value value{};
        value.type = metaffi_bool_type;
        value.data.boolean = told;
        any(value);
    }
    virtual void integer(std::int64_t told) {
        metaffi_value value{};
        value.type = metaffi_int64_type;
        value.data.int64 = told;
        any(value);
    }
    virtual void number(double told) {
        metaffi_value value{};
        value.type = metaffi_float64_type;
        value.data.float64 = told;
        any(value);
    }
    /// Lent for the call.
    virtual void text(std::string_view told) {
        metaffi_value value{};
        value.type = metaffi_string8_type;
        value.data.string = {told.data(), told.size()};
        any(value);
    }
    /// Lent for the call.
    virtual void bytes(span<const std::uint8_t>) { refuse("bytes"); }
    /// Any other value of one piece, lent for the call.
    virtual void any(const metaffi_value &told) {
        throw error(METAFFI_STATUS_UNSUPPORTED, "",
                    std::string("a value of type ") + metaffi_type_name(told.type) +
                        " came, and the visitor overrides neither the function for it nor any()");
    }
    /// Numbers in memory, of any type.
    virtual void array(metaffi::value) { refuse("array"); }
    /// What is not converted.
    virtual void object(metaffi::object) { refuse("object"); }
    virtual void open(const container &) { refuse("open"); }
    virtual void close() { refuse("close"); }
    virtual void again(std::uint64_t) { refuse("again"); }

  private:
    [[noreturn]] static void refuse(const char *what) {
        throw error(METAFFI_STATUS_UNSUPPORTED, "",
                    std::string("the visitor does not override ") + what + "()");
    }
};

namespace detail {

/// The functions that C has for a visitor, which is their userdata.
struct visitor_functions {
    static visitor &of(void *userdata) { return *static_cast<visitor *>(userdata); }

    static metaffi_status null(void *to, metaffi_error **) {
        of(to).null();
        return METAFFI_OK;
    }
    static metaffi_status boolean(void *to, bool told, metaffi_error **) {
        of(to).boolean(told);
        return METAFFI_OK;
    }
    static metaffi_status integer(void *to, std::int64_t told, metaffi_error **) {
        of(to).integer(told);
        return METAFFI_OK;
    }
    static metaffi_status number(void *to, double told, metaffi_error **) {
        of(to).number(told);
        return METAFFI_OK;
    }
    static metaffi_status text(void *to, const char *data, std::size_t length, metaffi_error **) {
        of(to).text(std::string_view(data, length));
        return METAFFI_OK;
    }
    static metaffi_status bytes(void *to, const std::uint8_t *data, std::size_t length,
                                metaffi_error **) {
        of(to).bytes(span<const std::uint8_t>(data, length));
        return METAFFI_OK;
    }
    static metaffi_status any(void *to, const metaffi_value *told, metaffi_error **) {
        of(to).any(*told);
        return METAFFI_OK;
    }
    static metaffi_status array(void *to, metaffi_array *told, metaffi_error **) {
        metaffi_value owned{};
        owned.type = told->element | metaffi_array_type;
        owned.data.array = told;
        of(to).array(value(owned));
        return METAFFI_OK;
    }
    static metaffi_status object(void *to, metaffi_object *told, metaffi_error **) {
        of(to).object(metaffi::object(told));
        return METAFFI_OK;
    }
    static metaffi_status open(void *to, const metaffi_container *told, metaffi_error **) {
        std::string_view name;
        if (told->type_name.data)
            name = {static_cast<const char *>(told->type_name.data), told->type_name.length};
        of(to).open(container{told->kind, told->length, told->id, name});
        return METAFFI_OK;
    }
    static metaffi_status close(void *to, metaffi_error **) {
        of(to).close();
        return METAFFI_OK;
    }
    static metaffi_status again(void *to, std::uint64_t id, metaffi_error **) {
        of(to).again(id);
        return METAFFI_OK;
    }

    static const metaffi_visitor &all() noexcept {
        static const metaffi_visitor functions = {sizeof(metaffi_visitor),
                                                  null,
                                                  boolean,
                                                  integer,
                                                  number,
                                                  text,
                                                  bytes,
                                                  any,
                                                  array,
                                                  object,
                                                  open,
                                                  close,
                                                  again};
        return functions;
    }
};

} // namespace detail

/// How a visit goes; as it is made, each choice is the default.
inline metaffi_visit_options visit_options(metaffi_visit_flags flags = 0) noexcept {
    metaffi_visit_options options{};
    options.size = sizeof options;
    options.flags = flags;
    return options;
}

/// Tells a visitor of a value and all that is in it, in one crossing.
inline void visit(const value &root, visitor &to,
                  const metaffi_visit_options &options = visit_options()) {
    detail::invoke(metaffi_object_visit, root.get(), &options, &detail::visitor_functions::all(),
                   &to);
}
inline void visit(const object &root, visitor &to,
                  const metaffi_visit_options &options = visit_options()) {
    metaffi_value lent{};
    lent.type = metaffi_handle_type;
    lent.data.object = root.get();
    detail::invoke(metaffi_object_visit, &lent, &options, &detail::visitor_functions::all(), &to);
}

/// A value and all that is in it as a value of its own, which no runtime has any part in.
inline value convert(const value &root, const metaffi_visit_options &options = visit_options()) {
    value made;
    detail::invoke(metaffi_object_convert, root.get(), &options, made.out());
    return made;
}
inline value convert(const object &root, const metaffi_visit_options &options = visit_options()) {
    metaffi_value lent{};
    lent.type = metaffi_handle_type;
    lent.data.object = root.get();
    value made;
    detail::invoke(metaffi_object_convert, &lent, &options, made.out());
    return made;
}

/// What a producer tells: the values of one tree, one after the other.
class sink {
  public:
    sink(const metaffi_visitor *functions, void *userdata) noexcept
        : functions_(functions), userdata_(userdata) {}

    void null() const { detail::invoke(functions_->null_value, userdata_); }
    void boolean(bool told) const { detail::invoke(functions_->boolean, userdata_, told); }
    void integer(std::int64_t told) const { detail::invoke(functions_->integer, userdata_, told); }
    void number(double told) const { detail::invoke(functions_->number, userdata_, told); }
    void text(std::string_view told) const {
        detail::invoke(functions_->text, userdata_, told.data(), told.size());
    }
    void bytes(span<const std::uint8_t> told) const {
        detail::invoke(functions_->bytes, userdata_, told.data(), told.size());
    }
    void any(const value &told) const { detail::invoke(functions_->value, userdata_, told.get()); }
    void object(metaffi::object told) const {
        detail::invoke(functions_->object, userdata_, told.release());
    }
    /// `id` is what `again` calls it; 0: nothing does.
    void open(metaffi_container_kind kind, std::size_t length = METAFFI_UNSPECIFIED,
              std::uint64_t id = 0) const {
        metaffi_container told{};
        told.kind = kind;
        told.length = length;
        told.id = id;
        detail::invoke(functions_->open, userdata_, &told);
    }
    void close() const { detail::invoke(functions_->close, userdata_); }
    void again(std::uint64_t id) const { detail::invoke(functions_->again, userdata_, id); }
    /// A value of any runtime, and all that is in it.
    void visit(const value &root, const metaffi_visit_options &options = visit_options()) const {
        detail::invoke(metaffi_object_visit, root.get(), &options, functions_, userdata_);
    }

  private:
    const metaffi_visitor *functions_;
    void *userdata_;
};

/// Builds a value of a runtime's own of what `produce(const sink &)` tells. What that throws comes
/// out of it.
template <class Produce>
value build(const runtime &in, Produce &&produce) {
    auto call = [](void *userdata, const metaffi_visitor *functions, void *visitor_userdata,
                   metaffi_error **) -> metaffi_status {
        (**static_cast<std::remove_reference_t<Produce> **>(userdata))(
            sink(functions, visitor_userdata));
        return METAFFI_OK;
    };
    value made;
    metaffi_producer producer = call;
    auto *called = std::addressof(produce);
    detail::invoke(metaffi_runtime_build, in.get(), producer, &called, made.out());
    return made;
}

} // namespace metaffi

#endif
