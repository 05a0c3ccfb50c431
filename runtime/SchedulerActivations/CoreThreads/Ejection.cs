using SchedulerActivations.Experiments;
using SchedulerActivations.Specialization;

namespace SchedulerActivations.CoreThreads;

/// <summary>That a policy broke its contract, as the core notes it.</summary>
/// <param name="Rule">The broken rule.</param>
/// <param name="Callback">The policy's member that broke it.</param>
/// <param name="Message">What happened, and what to do.</param>
/// <param name="Time">When, in nanoseconds of the run.</param>
/// <param name="Policy">The policy's type.</param>
/// <param name="Exception">What the policy threw.</param>
internal sealed record Ejection(PolicyRule Rule, PolicyCallback Callback, string Message, long Time, Type Policy, Exception? Exception)
{
    /// <summary>The same for a result, with the policy's source line. It reads files: not while a run goes on.</summary>
    public PolicyEjection ForResult()
    {
        var (cell, line) = PolicySource.Locate(Policy, Callback.ToString(), Exception);
        return new PolicyEjection(Rule, Message, Callback.ToString(), TimeSpan.FromTicks(Time / 100), cell, line, Exception?.ToString());
    }
}
