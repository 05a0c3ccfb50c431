using System.Text.Json;

namespace SchedulerActivations.JupyterKernel.Wire;

/// <summary>What the front end tells the kernel about where to listen and how to sign.</summary>
/// <remarks>https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files</remarks>
internal sealed record ConnectionFile(
    string Ip,
    int ShellPort,
    int IopubPort,
    int StdinPort,
    int ControlPort,
    int HbPort,
    string Key = "",
    string Transport = "tcp",
    string SignatureScheme = "hmac-sha256")
{
    /// <summary>Reads a connection file; every complaint names the file and what to do.</summary>
    public static ConnectionFile Read(string path)
    {
        try
        {
            var connection = JsonSerializer.Deserialize(File.ReadAllBytes(path), WireJson.Default.ConnectionFile)
                ?? throw new InvalidDataException($"The connection file '{path}' is empty.");
            return connection.Checked(path);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The connection file '{path}' is not a Jupyter connection file: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The connection file '{path}' cannot be read: {exception.Message} Jupyter makes it and passes its name.", exception);
        }
    }

    /// <summary>The address of one of the ports, as ZeroMQ writes it.</summary>
    public string Address(int port) => $"{Transport}://{Ip}:{port}";

    private ConnectionFile Checked(string path)
    {
        if (Key.Length > 0 && SignatureScheme != "hmac-sha256")
            throw new InvalidDataException($"The connection file '{path}' asks for the signature scheme '{SignatureScheme}'; this kernel knows hmac-sha256.");
        // The library's ipc is TCP on a port that it chooses itself: no front end finds it.
        if (Transport != "tcp")
            throw new InvalidDataException($"The connection file '{path}' asks for the transport '{Transport}'; this kernel knows tcp.");
        return this;
    }
}
