/// \file
/// References to things that live in a runtime.
#ifndef METAFFI_OBJECT_HPP
#define METAFFI_OBJECT_HPP

#include "array.hpp"
#include "handle.hpp"

namespace metaffi {

class item_reference;
class value;
class value_iterator;

/// The name of an attribute or an argument, made once for many uses; never freed.
class name {
  public:
    explicit name(const char *text) { detail::invoke(metaffi_name_intern, text, &name_); }
    explicit name(const std::string &text) : name(text.c_str()) {}
    const metaffi_name *get() const noexcept { return name_; }
    /// There as long as the process.
    std::string_view text() const noexcept {
        std::size_t length = 0;
        const char *text = metaffi_name_text(name_, &length);
        return {text, length};
    }

  private:
    const metaffi_name *name_ = nullptr;
};

/// A reference to something that lives in a runtime and is not copied. Empty: a null reference.
class object : public handle<metaffi_object, metaffi_object_free> {
  public:
    using handle::handle;

    /// An object of a class of C++, constructed with the arguments: what it has members for, it can
    /// do (host_object.hpp).
    template <class T, class... A>
    static object make(A &&...arguments);
    /// The same of one that there is already, of which it is another owner.
    template <class T>
    static object of(std::shared_ptr<T> target);
    /// What one of these is; NULL of any other object.
    template <class T>
    std::shared_ptr<T> target() const noexcept;

    /// A new object of the host's, whose class stays as it is until it is finalized.
    static object of_class(const metaffi_object_class &class_, void *userdata,
                           metaffi_finalizer finalizer) {
        return object(
            detail::make<metaffi_object>(metaffi_object_new, &class_, userdata, finalizer));
    }
    /// What one was made with; null if it is none of that class.
    void *userdata(const metaffi_object_class &class_) const noexcept {
        return metaffi_object_userdata(get(), &class_);
    }

    /// Another reference to the same thing.
    object clone() const {
        return object(detail::make<metaffi_object>(metaffi_object_clone, get()));
    }
    /// The name of the runtime it lives in; empty if this is no object.
    std::string_view runtime() const noexcept {
        const char *name = metaffi_object_runtime(get());
        return name == nullptr ? std::string_view() : std::string_view(name);
    }
    /// The name of its type in that runtime.
    std::string type_name() const {
        return detail::owned_text(detail::make<char>(metaffi_object_type_name, get()));
    }
    /// Equal for two references if and only if they are to the same thing.
    std::uint64_t identity() const {
        std::uint64_t identity = 0;
        detail::invoke(metaffi_object_identity, get(), &identity);
        return identity;
    }

    /// What it can do: `METAFFI_CAN_…` and `METAFFI_IS_…` bits.
    metaffi_capabilities capabilities() const {
        metaffi_capabilities capabilities = 0;
        detail::invoke(metaffi_object_capabilities, get(), &capabilities);
        return capabilities;
    }
    bool can(metaffi_capabilities wanted) const { return (capabilities() & wanted) == wanted; }

    /// An attribute.
    value attr(const name &of) const;
    value attr(std::string_view of) const;
    /// Makes an attribute another.
    void attr(const name &of, const value &written) const;
    void attr(std::string_view of, const value &written) const;
    void delete_attr(const name &of) const {
        detail::invoke(metaffi_object_set, get(), of.get(), nullptr);
    }
    void delete_attr(std::string_view of) const {
        detail::invoke(metaffi_object_set_attribute, get(), of.data(), of.size(), nullptr);
    }

    /// An item by its position, or an entry by its key.
    value item(const value &key) const;
    value item(const name &key) const;
    value item_at(std::int64_t index) const;
    /// Makes it another.
    void item(const value &key, const value &written) const;
    void item(const name &key, const value &written) const;
    void item_at(std::int64_t index, const value &written) const;
    void delete_item(const value &key) const;
    void delete_item(const name &key) const {
        detail::invoke(metaffi_object_set_entry, get(), key.get(), nullptr);
    }
    void delete_item_at(std::int64_t index) const {
        detail::invoke(metaffi_object_set_index, get(), index, nullptr);
    }
    /// The items of a range of positions; null pointers for the beginning, the end, and steps of 1.
    object slice(const std::int64_t *start, const std::int64_t *stop,
                 const std::int64_t *step = nullptr) const {
        return object(detail::make<metaffi_object>(metaffi_object_slice, get(), start, stop, step));
    }
    std::size_t length() const { return detail::made<std::size_t>(metaffi_object_length, get()); }
    bool contains(const value &item) const;

    /// Calls it: `named` are the names of the last arguments.
    value call(const std::vector<value> &arguments, const std::vector<name> &named = {}) const;
    /// Makes an instance of it.
    value construct(const std::vector<value> &arguments, const std::vector<name> &named = {}) const;
    /// Calls a member of it.
    value invoke(const name &member, const std::vector<value> &arguments,
                 const std::vector<name> &named = {}) const;

    /// An iterator over it, of which `next` gives the values.
    object iterate(metaffi_iteration iteration = METAFFI_ITERATE_ITSELF) const {
        return object(detail::make<metaffi_object>(metaffi_object_iterate, get(), iteration));
    }
    /// The next values, at most `room`; none at the end.
    std::vector<value> next(std::size_t room) const;
    /// Goes on with a generator: true and the value that it gave, or false and its result.
    std::pair<bool, value> send(const value &sent) const;
    std::pair<bool, value> raise(const error &failure) const;
    std::pair<bool, value> close() const;

    /// Whether a comparison holds: METAFFI_LESS to METAFFI_GREATER_OR_EQUAL.
    bool compare(metaffi_comparison comparison, const value &with) const;
    std::uint64_t hash() const { return detail::made<std::uint64_t>(metaffi_object_hash, get()); }
    /// The number that it is, also of an object that is more than that.
    value number() const;
    bool truth() const { return detail::made<bool>(metaffi_object_truth, get()); }

    /// A text about it, and where it is written: an empty file if nobody knows.
    std::string text(metaffi_text_kind kind = METAFFI_TEXT_DISPLAY) const;
    std::pair<std::string, std::uint32_t> source() const {
        char *file = nullptr;
        std::uint32_t line = 0;
        detail::invoke(metaffi_object_source, get(), &file, &line);
        return {file == nullptr ? std::string() : detail::owned_text(file), line};
    }
    /// What its language lists of it, with `METAFFI_MEMBER_…` of each.
    std::vector<std::pair<std::string, metaffi_member_kind>> members() const {
        metaffi_member *listed = nullptr;
        std::size_t count = 0;
        detail::invoke(metaffi_object_members, get(), &listed, &count);
        struct freed {
            metaffi_member *listed;
            ~freed() { metaffi_free(listed); }
        } freed{listed};
        std::vector<std::pair<std::string, metaffi_member_kind>> members;
        for (std::size_t i = 0; i < count; i++)
            members.emplace_back(listed[i].name, listed[i].kind);
        return members;
    }

    /// Its type, and of a type the ones that it is derived from directly.
    object type_object() const {
        return object(detail::make<metaffi_object>(metaffi_object_type, get()));
    }
    std::vector<object> parents() const;
    bool is_instance(const object &of) const {
        return detail::made<bool>(metaffi_object_is_instance, get(), of.get());
    }

    /// Enters it as a context, and leaves it: true if the failure is dealt with.
    value enter() const;
    bool exit() const { return detail::made<bool>(metaffi_object_exit, get(), nullptr); }
    bool exit(const error &failure) const;

    /// Its memory, which the array keeps.
    array buffer(bool writable = false) const;

    /// An asynchronous iterator over it; what is awaited for the next value of one, after the last
    /// one failing with `METAFFI_STATUS_ENDED`; what is awaited for the end of one. To be awaited
    /// by `metaffi::task`, in task.hpp.
    object iterate_async() const;
    object next_async() const;
    object close_async() const;
    /// What is awaited to enter it as an asynchronous context, and to leave it with what its body
    /// failed with: true if that is dealt with.
    object enter_async() const;
    object exit_async(const error *failure = nullptr) const;

    /// In expressions (expression.hpp): an item or entry, read and assigned; a call, at the end
    /// with arguments that have a name; what it gives, by a range-for; the whole as a `T`.
    template <class K>
    item_reference operator[](const K &key) const;
    template <class... A>
    value operator()(const A &...arguments) const;
    value_iterator begin() const;
    value_iterator end() const;
    template <class T>
    T as() const;
};

namespace detail {

inline metaffi_error *detailed(metaffi_status status, const std::string &foreign_type,
                               const std::string &message, const error_details &known) {
    std::vector<metaffi_stack_frame> frames;
    for (const stack_frame &frame : known.frames)
        frames.push_back(
            {frame.function.c_str(), frame.file.c_str(), frame.line, frame.text.c_str()});
    metaffi_error_details details{};
    details.size = sizeof details;
    details.original = known.original != nullptr ? known.original->get() : nullptr;
    details.cause = known.cause ? known.cause->get() : nullptr;
    details.trace = known.trace.c_str();
    details.frames = frames.data();
    details.frame_count = frames.size();
    metaffi_error *made = nullptr;
    metaffi_error_new_detailed(status, foreign_type.c_str(), message.c_str(), &details, &made);
    return made;
}

} // namespace detail

inline error::error(metaffi_status status, const std::string &foreign_type,
                    const std::string &message, const error_details &details)
    : error(status, detail::detailed(status, foreign_type, message, details)) {}

inline object error::original() const {
    return object(handle_ ? metaffi_error_original(handle_.get()) : nullptr);
}

} // namespace metaffi

#endif
