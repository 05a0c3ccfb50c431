namespace SchedulerActivations.CommandLine.Notebooks;

/// <summary>Files that <c>lab</c> writes.</summary>
internal static class OutputFile
{
    /// <summary>Complains about a place that cannot be written before an hour of running, and not after it.</summary>
    public static string Check(string path, string option)
    {
        if (path.Length == 0)
            throw new LabException($"{option} '' names no file.");
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new LabException($"{option} '{path}' is a folder; name a file in it.");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            var isThere = File.Exists(full);
            using (new FileStream(full, FileMode.OpenOrCreate, FileAccess.Write)) { }
            // An empty file would look like a result, should this program be ended before there is one.
            if (!isThere)
                File.Delete(full);
            return full;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"{option} '{path}' cannot be written: {exception.Message}", exception);
        }
    }

    public static void Write(string path, string content)
    {
        try
        {
            // What is there, of a file and not of a device: a notebook that is run in place must not go with the room on the disk.
            var old = new FileInfo(path) is { Exists: true, Length: > 0 } ? File.ReadAllBytes(path) : null;
            try
            {
                File.WriteAllText(path, content);
            }
            catch (IOException) when (old is not null)
            {
                File.WriteAllBytes(path, old);
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"'{path}' cannot be written: {exception.Message}", exception);
        }
    }
}
