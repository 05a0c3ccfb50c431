namespace SchedulerActivations.Specialization;

/// <summary>What a policy may promise beyond its contract. Nobody is ejected for breaking it; a check under many schedules (<c>Lab.CheckAsync</c>) holds a policy to it.</summary>
[Flags]
public enum PolicyClaims
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>No virtual processor stays without a thread that asks for one while a thread is ready.</summary>
    WorkConserving = 1,
    /// <summary>Of the ready threads the one runs that has been ready for longest.</summary>
    FirstInFirstOut = 2,
    /// <summary>No thread is picked while one of higher <see cref="CoreThreads.UserThread.Priority"/> is ready.</summary>
    HighestPriorityFirst = 4,
}

/// <summary>Says what a policy promises.</summary>
/// <example><code>
/// [Claims(PolicyClaims.WorkConserving | PolicyClaims.FirstInFirstOut)]
/// public sealed class FirstCome : SchedulingPolicy { … }
/// </code></example>
/// <param name="claims">The promises.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ClaimsAttribute(PolicyClaims claims) : Attribute
{
    /// <summary>The promises.</summary>
    public PolicyClaims Claims { get; } = claims;
}
