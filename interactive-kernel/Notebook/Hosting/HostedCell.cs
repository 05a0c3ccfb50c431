namespace SchedulerActivations.Notebook;

/// <summary>What came of a cell that a foreign host handed over.</summary>
/// <param name="Succeeded">Whether it was compiled.</param>
/// <param name="Message">What to tell the user: what the cell defines with any warnings, or the errors with their lines.</param>
/// <param name="Script">C# that makes the cell's types known in the host's own C# cells; empty when it was not compiled.</param>
public sealed record HostedCell(bool Succeeded, string Message, string Script);
