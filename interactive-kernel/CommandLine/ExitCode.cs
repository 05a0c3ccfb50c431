namespace SchedulerActivations.CommandLine;

/// <summary>What <c>lab</c> tells the shell.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>A cell failed.</summary>
    public const int CellFailed = 1;

    /// <summary>Nothing was run: what was asked for cannot be done.</summary>
    public const int Unusable = 2;

    /// <summary>A mistake in this program.</summary>
    public const int Broken = 3;

    /// <summary>The person pressed Ctrl-C (128 + SIGINT, as shells have it).</summary>
    public const int Cancelled = 130;

    /// <summary>A time limit or a person ended the run by SIGTERM (128 + SIGTERM).</summary>
    public const int Terminated = 143;
}
