namespace SchedulerActivations.CoreThreads;

/// <summary>A thread that does what a function says.</summary>
internal sealed class FunctionThread : UserThread
{
    public FunctionThread(Func<ThreadContext, UserTask> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        RequestObject = body;
    }

    protected internal override UserTask Run(ThreadContext t)
    {
        var body = (Func<ThreadContext, UserTask>)RequestObject!;
        // The thread may outlive what the function holds.
        RequestObject = null;
        return body(t);
    }
}
