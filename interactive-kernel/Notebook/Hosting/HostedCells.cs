using System.Globalization;
using System.Text;

namespace SchedulerActivations.Notebook;

/// <summary>
/// Policy and workload cells in a notebook whose C# cells are another program's scripts (.NET Interactive). Each
/// compilation becomes a file with a namespace of its own, and the script's aliases are pointed at the newest: so a cell
/// can be run again although the host cannot take a reference back.
/// </summary>
public sealed class HostedCells
{
    private readonly CellCompiler _compiler = new() { OwnNamespaces = true };
    private readonly string _folder = Directory.CreateTempSubdirectory("scheduler-cells-").FullName;
    private int _cells;

    /// <summary>Makes a folder for the cells' files, which goes with this program.</summary>
    public HostedCells() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It stays, or somebody was faster.
        }
    };

    /// <summary>Compiles one cell.</summary>
    /// <param name="kind">What the cell has to define.</param>
    /// <param name="source">The cell's text.</param>
    public HostedCell Compile(CellKind kind, string source)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{kind} cell {Interlocked.Increment(ref _cells)}");
        var cell = _compiler.Compile(kind, source, name);
        var message = string.Concat(cell.Diagnostics.Select(diagnostic => Text(name, diagnostic)));
        if (cell.Image is not { } image) return new HostedCell(false, message, "");

        var file = Path.Combine(_folder, cell.Assembly!.GetName().Name + ".dll");
        File.WriteAllBytes(file, image);
        var names = cell.TypeNames.Select(type => (Full: type, Short: type[(type.LastIndexOf('.') + 1)..])).Where(type => !type.Short.Contains('+', StringComparison.Ordinal) && !type.Short.Contains('`', StringComparison.Ordinal)).ToList();
        var script = new StringBuilder().Append(CultureInfo.InvariantCulture, $"#r \"{file.Replace("\\", "\\\\", StringComparison.Ordinal)}\"\n");
        foreach (var type in names) script.Append(CultureInfo.InvariantCulture, $"using {type.Short} = {type.Full};\n");
        return new HostedCell(true, message + $"{string.Join(", ", names.Select(type => type.Short))} compiled.", script.ToString());
    }

    private static string Text(string cell, CellDiagnostic diagnostic)
    {
        var kind = diagnostic.IsError ? "error" : "warning";
        var marks = new string(' ', diagnostic.Column - 1) + new string('^', Math.Max(diagnostic.EndColumn - diagnostic.Column, 1));
        return string.Create(CultureInfo.InvariantCulture,
            $"{cell}, line {diagnostic.Line}: {kind} {diagnostic.Code}: {diagnostic.Message}\n    {diagnostic.SourceLine.TrimEnd()}\n    {marks}\n");
    }
}
