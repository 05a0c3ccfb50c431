namespace SchedulerActivations.Notebook;

/// <summary>
/// Colours that people with any kind of colour vision tell apart, legible on dark and on light pages (Paul Tol's
/// "bright" scheme). A policy keeps its colour in all tables and charts of a session.
/// </summary>
internal static class Palette
{
    private static readonly string[] s_colors = ["#EE6677", "#228833", "#AA3377", "#A07D00", "#66CCEE"];
    private static readonly Dictionary<string, int> s_policies = [];

    /// <summary>A thread that only computes; two shades, so that one is told from the next.</summary>
    public static readonly string[] Computing = ["#8A94A0", "#B7BFC8"];

    /// <summary>
    /// Threads that only compute, where there are so few that each has a colour of its own: Paul Tol's "muted" scheme
    /// without what looks like events and their threads, and a grey.
    /// </summary>
    public static readonly string[] ComputingThreads = ["#44AA99", "#AA4499", "#999933", "#CC6677", "#117733", "#882255", "#332288", "#777777"];

    /// <summary>Threads that answer events, where each has a colour of its own: all are blue.</summary>
    public static readonly string[] InputOutputThreads = [InputOutput, "#66B5EE", "#003F7F", "#22D3EE"];

    /// <summary>Turns of several such threads, too short to show: of those that only compute and of those that answer events.</summary>
    public static readonly string[] Mixed = ["#D3D7DB", "#AFC8DC"];

    /// <summary>A thread that answers events, whatever the policy; no policy has this colour.</summary>
    public const string InputOutput = "#0077BB";

    /// <summary>An event that waits.</summary>
    public const string Waiting = "#F2C45F";

    /// <summary>The moment at which an event is due.</summary>
    public const string Due = "#D55E00";

    /// <summary>The moment at which another policy takes over.</summary>
    public const string Swap = "#D81B60";

    /// <summary>Colours for many lines at once (Paul Tol's "muted" scheme, ours in front): of what is no policy.</summary>
    public static readonly string[] Many = ["#CC3311", "#332288", "#88CCEE", "#44AA99", "#117733", "#999933", "#DDCC77", "#CC6677", "#882255", "#AA4499"];

    /// <summary>Colour of a policy's lines.</summary>
    public static string Of(string policy)
    {
        lock (s_policies)
        {
            if (!s_policies.TryGetValue(policy, out var index)) s_policies.Add(policy, index = s_policies.Count);
            return s_colors[index % s_colors.Length];
        }
    }

    /// <summary>
    /// How the lines of a chart are dashed: one after the other in another way, for those whom colours do not help. A session's sixth
    /// policy has the first one's colour again: two lines of one colour are dashed in two ways.
    /// </summary>
    public static IReadOnlyDictionary<string, Dash> Dashes(IEnumerable<string> policies)
    {
        var dashes = new Dictionary<string, Dash>();
        var taken = new HashSet<(string, Dash)>();
        foreach (var policy in policies.Distinct())
        {
            Dash[] ways = [.. Enumerable.Range(dashes.Count, 3).Select(way => (Dash)(way % 3))];
            var dash = ways.FirstOrDefault(way => !taken.Contains((Of(policy), way)), ways[0]);
            taken.Add((Of(policy), dash));
            dashes.Add(policy, dash);
        }
        return dashes;
    }
}
