using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Serialization;
using HdrHistogram;
using HdrHistogram.Utilities;

namespace SchedulerActivations.Experiments;

/// <summary>
/// A distribution of reactivity: an HdrHistogram in nanoseconds, three significant digits, from 1 ns to 1 hour. Its JSON
/// form is HdrHistogram's own compressed encoding in base64, so that other tools of that family can read it.
/// </summary>
[JsonConverter(typeof(JsonForm))]
public sealed class ReactivityHistogram
{
    private const long Highest = 3_600_000_000_000;
    private readonly LongHistogram _histogram;

    /// <summary>An empty distribution.</summary>
    public ReactivityHistogram() : this(new LongHistogram(1, Highest, 3)) { }

    private ReactivityHistogram(LongHistogram histogram) => _histogram = histogram;

    /// <summary>Number of values.</summary>
    public long Count => _histogram.TotalCount;

    /// <summary>The median.</summary>
    public TimeSpan P50 => Percentile(50);

    /// <summary>The 99th percentile.</summary>
    public TimeSpan P99 => Percentile(99);

    /// <summary>The longest.</summary>
    public TimeSpan Max => Percentile(100);

    /// <summary>The arithmetic mean; zero when empty.</summary>
    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : FromNanoseconds(_histogram.GetMean());

    /// <summary>Adds one value; below 1 ns counts as 1 ns, above an hour as an hour.</summary>
    public void Record(long nanoseconds) => _histogram.RecordValue(Math.Clamp(nanoseconds, 1, Highest));

    /// <summary>The value at or below which <paramref name="percent"/> per cent of the values lie; zero when empty.</summary>
    public TimeSpan Percentile(double percent) => FromNanoseconds(PercentileNanoseconds(percent));

    /// <summary>As <see cref="Percentile"/>, in nanoseconds.</summary>
    public long PercentileNanoseconds(double percent)
    {
        if (Count == 0) return 0;
        // The library takes the nearest rank, also one that too few values lie below: of 180 values the 178th for 99 %.
        var rank = Math.Ceiling((percent / 100 * Count) - 1e-6);
        return _histogram.GetValueAtPercentile(100 * rank / Count);
    }

    /// <summary>The recorded values in ascending order, each with its count: what a chart draws.</summary>
    public IEnumerable<(long Nanoseconds, long Count)> Values() =>
        _histogram.RecordedValues().Select(value => (value.ValueIteratedTo, value.CountAtValueIteratedTo));

    /// <summary>One distribution of all values of several.</summary>
    public static ReactivityHistogram Merge(IEnumerable<ReactivityHistogram> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var merged = new LongHistogram(1, Highest, 3);
        foreach (var part in parts) merged.Add(part._histogram);
        return new ReactivityHistogram(merged);
    }

    private static TimeSpan FromNanoseconds(double nanoseconds) => TimeSpan.FromTicks((long)Math.Round(nanoseconds / 100));

    internal sealed class JsonForm : JsonConverter<ReactivityHistogram>
    {
        public override ReactivityHistogram Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var bytes = reader.GetBytesFromBase64();
            try
            {
                var copy = new LongHistogram(1, Highest, 3);
                copy.Add(HistogramEncoding.DecodeFromByteBuffer(ByteBuffer.Allocate(Decompress(bytes)), 0));
                return new ReactivityHistogram(copy);
            }
            catch (Exception exception) when (exception is IndexOutOfRangeException or InvalidDataException)
            {
                // What the library lets through of bytes that are no histogram's.
                throw new JsonException(exception.Message, exception);
            }
        }

        // The library would read all with one Read of its DeflateStream, which gives a part of what is more than some kilobytes.
        private static byte[] Decompress(byte[] bytes)
        {
            // Before it stand a cookie, the length, and zlib's two bytes.
            const int header = 10;
            using var content = new DeflateStream(new MemoryStream(bytes, header, bytes.Length - header), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            content.CopyTo(plain);
            return plain.ToArray();
        }

        public override void Write(Utf8JsonWriter writer, ReactivityHistogram value, JsonSerializerOptions options)
        {
            ArgumentNullException.ThrowIfNull(writer);
            ArgumentNullException.ThrowIfNull(value);
            var buffer = ByteBuffer.Allocate(value._histogram.GetNeededByteBufferCapacity());
            var length = value._histogram.EncodeIntoCompressedByteBuffer(buffer);
            var bytes = new byte[length];
            buffer.Position = 0;
            for (var i = 0; i < length; i++) bytes[i] = buffer.Get();
            writer.WriteBase64StringValue(bytes);
        }
    }
}
