using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace SchedulerActivations.Notebook;

/// <summary>
/// Writes a PNG of at most 256 colours: a chart has few of them, and its picture becomes a third of what SkiaSharp
/// writes. Of a smooth edge's many shades the most frequent ones are kept.
/// </summary>
internal static class PalettePng
{
    private static readonly byte[] s_signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];
    private static readonly uint[] s_crc = [.. Enumerable.Range(0, 256).Select(n =>
    {
        var c = (uint)n;
        for (var bit = 0; bit < 8; bit++) c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
        return c;
    })];

    /// <summary>Encodes a picture without transparency.</summary>
    /// <param name="rgba">Its pixels, row by row, four bytes each.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Number of rows.</param>
    public static byte[] Encode(ReadOnlySpan<byte> rgba, int width, int height)
    {
        var (palette, indexes) = ToPalette(rgba);
        using var rows = new MemoryStream();
        using (var deflate = new ZLibStream(rows, CompressionLevel.SmallestSize, leaveOpen: true))
            for (var y = 0; y < height; y++)
            {
                deflate.WriteByte(0);
                deflate.Write(indexes, y * width, width);
            }
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8; // bits of an index
        header[9] = 3; // indexes into a palette
        using var png = new MemoryStream();
        png.Write(s_signature);
        WriteChunk(png, "IHDR", header);
        WriteChunk(png, "PLTE", palette);
        WriteChunk(png, "IDAT", rows.ToArray());
        WriteChunk(png, "IEND", []);
        return png.ToArray();
    }

    private static (byte[] Palette, byte[] Indexes) ToPalette(ReadOnlySpan<byte> rgba)
    {
        var pixels = new int[rgba.Length / 4];
        var counts = new Dictionary<int, int>();
        for (var i = 0; i < pixels.Length; i++)
        {
            var (r, g, b) = (rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]);
            pixels[i] = (r << 16) | (g << 8) | b;
            counts[pixels[i]] = counts.GetValueOrDefault(pixels[i]) + 1;
        }
        var kept = counts.OrderByDescending(count => count.Value).ThenBy(count => count.Key).Take(256).Select(count => count.Key).ToArray();
        var index = new Dictionary<int, byte>();
        foreach (var color in counts.Keys)
            index[color] = (byte)Nearest(kept, color);
        var palette = new byte[3 * kept.Length];
        for (var i = 0; i < kept.Length; i++)
            (palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]) = ((byte)(kept[i] >> 16), (byte)(kept[i] >> 8), (byte)kept[i]);
        return (palette, Array.ConvertAll(pixels, color => index[color]));
    }

    private static int Nearest(int[] kept, int color)
    {
        var (best, least) = (0, int.MaxValue);
        for (var i = 0; i < kept.Length && least > 0; i++)
        {
            int r = (kept[i] >> 16) - (color >> 16), g = ((kept[i] >> 8) & 0xFF) - ((color >> 8) & 0xFF), b = (kept[i] & 0xFF) - (color & 0xFF);
            var distance = r * r + g * g + b * b;
            if (distance < least) (best, least) = (i, distance);
        }
        return best;
    }

    private static void WriteChunk(Stream png, string type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        png.Write(body);
        var crc = 0xFFFFFFFF;
        foreach (var each in body) crc = s_crc[(crc ^ each) & 0xFF] ^ (crc >> 8);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc ^ 0xFFFFFFFF);
        png.Write(number);
    }
}
