namespace SchedulerActivations.CoreThreads;

/// <summary>
/// What a thread does, as an object that also holds what it needs and what it finds out: a thread started with one costs less
/// than with a function, which is an object beside those.
/// </summary>
/// <example><code>
/// private sealed class Square(int number) : IThreadBody
/// {
///     public int Result { get; private set; }
///
///     public async UserTask Run(ThreadContext t)
///     {
///         await t.Yield();
///         Result = number * number;
///     }
/// }
/// </code></example>
public interface IThreadBody
{
    /// <summary>What the thread does; called once, on the thread. What it throws ends the thread.</summary>
    /// <param name="t">The thread's context.</param>
    UserTask Run(ThreadContext t);
}
