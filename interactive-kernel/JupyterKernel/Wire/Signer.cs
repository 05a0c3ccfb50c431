using System.Security.Cryptography;
using System.Text;

namespace SchedulerActivations.JupyterKernel.Wire;

/// <summary>Signs the four JSON parts of a message with the connection's key, and checks signatures.</summary>
internal sealed class Signer(string key)
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    /// <summary>The signature in lower-case hexadecimal digits; empty when the connection has no key.</summary>
    public string Sign(params ReadOnlySpan<byte[]> parts)
    {
        if (_key.Length == 0)
            return "";
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        foreach (var part in parts)
            hmac.AppendData(part);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    // In constant time: how long a comparison takes must not tell how much of a guess was right.
    public bool IsSigned(byte[] signature, params ReadOnlySpan<byte[]> parts) =>
        _key.Length == 0 || CryptographicOperations.FixedTimeEquals(signature, Encoding.ASCII.GetBytes(Sign(parts)));
}
