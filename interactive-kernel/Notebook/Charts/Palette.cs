namespace SchedulerActivations.Notebook;

/// <summary>
/// Colours that people with any kind of colour vision tell apart, legible on dark and on light pages (Paul Tol's
/// "bright" scheme). A policy keeps its colour in all tables and charts of a session.
/// </summary>
internal static class Palette
{
    private static readonly string[] s_colors = ["#4477AA", "#EE6677", "#228833", "#AA3377", "#66CCEE", "#A07D00"];
    private static readonly Dictionary<string, int> s_policies = [];

    /// <summary>A thread that only computes; two shades, so that one is told from the next.</summary>
    public static readonly string[] Computing = ["#8A94A0", "#B7BFC8"];

    /// <summary>An event that waits.</summary>
    public const string Waiting = "#E69F00";

    /// <summary>Colour of a policy's lines.</summary>
    public static string Of(string policy)
    {
        lock (s_policies)
        {
            if (!s_policies.TryGetValue(policy, out var index)) s_policies.Add(policy, index = s_policies.Count);
            return s_colors[index % s_colors.Length];
        }
    }
}
