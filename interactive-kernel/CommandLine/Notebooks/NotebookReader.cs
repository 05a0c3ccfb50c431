using System.Text.Json;
using System.Text.Json.Nodes;

namespace SchedulerActivations.CommandLine.Notebooks;

/// <summary>Reads notebook files and says what is wrong with those that are none.</summary>
internal static class NotebookReader
{
    // .NET Interactive's name for the same language: its notebooks run here unchanged.
    private static readonly string[] s_kernels = [Jupyter.KernelSpec.Name, ".net-csharp"];

    public static JsonObject Read(string path)
    {
        var root = Parse(path);
        if (root["nbformat"] is not JsonValue format || !format.TryGetValue<int>(out var major))
            throw NotANotebook(path, "it has no \"nbformat\"");
        if (major != 4)
            throw new LabException($"'{path}' is a notebook of format {major}; this program reads format 4. Convert it with: jupyter nbconvert --to notebook --nbformat 4 '{path}'");
        if (root["cells"] is not JsonArray cells)
            throw NotANotebook(path, "it has no list \"cells\"");
        for (var i = 0; i < cells.Count; i++)
            CheckCell(path, cells[i], i + 1);
        if ((root["nbformat_minor"] ??= 0) is not JsonValue minor || !minor.TryGetValue<int>(out _))
            throw NotANotebook(path, "its \"nbformat_minor\" is no number");
        if ((root["metadata"] ??= new JsonObject()) is not JsonObject)
            throw NotANotebook(path, "its \"metadata\" is no object");
        return root;
    }

    public static void CheckKernel(string path, JsonObject metadata)
    {
        if ((metadata["kernelspec"] as JsonObject)?["name"]?.ToString() is not { } kernel || s_kernels.Contains(kernel))
            return;
        throw new LabException($"'{path}' is for the kernel '{kernel}'; this program runs notebooks of '{Jupyter.KernelSpec.Name}' ({Jupyter.KernelSpec.DisplayName}). Run it with Jupyter, or choose that kernel in the notebook.");
    }

    private static JsonObject Parse(string path)
    {
        if (Directory.Exists(path))
            throw new LabException($"'{path}' is a folder; name a notebook in it (a file that ends in .ipynb).");
        if (!File.Exists(path))
            throw new LabException($"there is no notebook '{path}'. Check the name, and the folder you are in ({Environment.CurrentDirectory}).");
        try
        {
            // A property that is there twice would be found only where it is read, an hour later at worst.
            return JsonNode.Parse(File.ReadAllBytes(path), documentOptions: new() { AllowDuplicateProperties = false }) as JsonObject ?? throw NotANotebook(path, "it is JSON but no object");
        }
        catch (JsonException exception) when (exception.LineNumber is null)
        {
            throw NotANotebook(path, exception.Message.TrimEnd('.'));
        }
        catch (JsonException exception)
        {
            throw new LabException($"'{path}' is not a notebook: it is not JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}). Notebooks are files that end in .ipynb.", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"'{path}' cannot be read: {exception.Message}", exception);
        }
    }

    private static void CheckCell(string path, JsonNode? node, int number)
    {
        if (node is not JsonObject cell || cell["cell_type"] is not JsonValue type)
            throw NotANotebook(path, $"its cell {number} has no \"cell_type\"");
        if (type.ToString() is not ("code" or "markdown" or "raw"))
            throw NotANotebook(path, $"its cell {number} is of the unknown type '{type}'");
        if (cell["source"] is not (JsonArray or JsonValue))
            throw NotANotebook(path, $"its cell {number} has no \"source\"");
        if ((cell["metadata"] ??= new JsonObject()) is not JsonObject)
            throw NotANotebook(path, $"the \"metadata\" of its cell {number} is no object");
        // Since format 4.5 every cell has an identifier; older notebooks get theirs here.
        cell["id"] ??= $"cell-{number}";
    }

    private static LabException NotANotebook(string path, string reason) =>
        new($"'{path}' is not a notebook: {reason}.");
}
