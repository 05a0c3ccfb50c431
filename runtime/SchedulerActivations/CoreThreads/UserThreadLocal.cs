namespace SchedulerActivations.CoreThreads;

/// <summary>A variable of which every user thread has its own copy.</summary>
/// <example><code>
/// var count = new UserThreadLocal&lt;int&gt;();
/// count[t]++;
/// </code></example>
/// <remarks>
/// As POSIX's thread-specific data (<c>pthread_getspecific</c>), typed and without destructors: a thread's copies are
/// let go when it ends. A thread looks its copies up one after the other, so a few are fast. Only the thread itself reaches its copy.
/// </remarks>
/// <typeparam name="T">What is stored.</typeparam>
/// <param name="initial">Makes a thread's first value when the thread first asks; the type's default when null. Called with the thread's context.</param>
public sealed class UserThreadLocal<T>(Func<ThreadContext, T>? initial = null)
{
    /// <summary>The thread's own copy.</summary>
    /// <param name="t">The context of the running thread.</param>
    public ref T this[ThreadContext t]
    {
        get
        {
            for (var slot = t.Thread.Locals; slot is not null; slot = slot.Next)
                if (ReferenceEquals(slot.Key, this)) return ref ((Copy)slot).Value;
            var copy = new Copy(this, initial is null ? default! : initial(t));
            copy.Next = t.Thread.Locals;
            t.Thread.Locals = copy;
            return ref copy.Value;
        }
    }

    private sealed class Copy(object key, T value) : LocalSlot(key)
    {
        public T Value = value;
    }
}

/// <summary>One thread's copy of one <see cref="UserThreadLocal{T}"/>.</summary>
internal abstract class LocalSlot(object key)
{
    public object Key { get; } = key;

    public LocalSlot? Next { get; set; }
}
