"""Which of the tags that a host adds to a document are texts; of the others the drive has the bytes."""

# a drive keeps texts in CP866 (fiscal drive protocol 1.2)
TEXTS = frozenset({1005, 1008, 1009, 1016, 1021, 1026, 1036, 1044, 1073, 1074, 1075, 1085, 1086, 1117, 1171, 1177})
TEXTS |= frozenset({1179, 1187, 1191, 1192, 1197, 1203, 1225, 1226, 1227, 1228, 1230, 1231, 1243, 1244, 1246, 1254})
TEXTS |= frozenset({1260, 1264, 1275})
