namespace SchedulerActivations.CommandLine.Running;

/// <summary>What was asked for on the command line.</summary>
internal sealed record RunOptions(string Notebook, string? Html, string? Output, double? TimeoutSeconds)
{
    /// <summary>How long one cell may take.</summary>
    public TimeSpan Timeout => TimeoutSeconds switch
    {
        null => System.Threading.Timeout.InfiniteTimeSpan,
        > 0 and <= 2_000_000 and var seconds => TimeSpan.FromSeconds(seconds),
        _ => throw new LabException($"--timeout {TimeoutSeconds} makes no sense: give a number of seconds above 0 (and at most 2000000)."),
    };

    /// <summary>Where the executed notebook goes when nothing was said: beside the notebook, which stays as it is.</summary>
    public string OutputFile => Output ?? Path.ChangeExtension(Notebook, ".executed.ipynb");
}
