namespace SchedulerActivations.JupyterKernel.Language;

/// <summary>What could stand between two positions of a cell.</summary>
internal sealed record Completions(IReadOnlyList<Completion> Items, int Start, int End);

/// <summary>One of them: its text and what it is (a method, a class, a keyword, …).</summary>
internal sealed record Completion(string Text, string Kind);
